"""The checks of the backup: each damage turns exactly one of them red."""

from __future__ import annotations

import pytest

from pyinfra_ollama.settings import Backup, Disk, Secret
from pyinfra_ollama.verifier.backups import CHECKS, read
from pyinfra_ollama.verifier.checks import backup as checks
from pyinfra_ollama.verifier.results import Result

NOW = 1_800_000_000
DECLARED = Backup(Disk("/srv/backup"), password=Secret.value("0123456789abcdef"))
GOOD = {
    "now": [str(NOW)],
    "timers": [f"{name} active enabled" for name in ("run", "check", "rehearse")],
    "made": [str(NOW - 90 * 86400)],
    "run": [f"finished={NOW - 3600}", "result=good", "code=0", f"good={NOW - 3600}", "left_out="],
    "check": [f"finished={NOW - 86400}", "result=good", "code=0", f"good={NOW - 86400}"],
    "rehearse": [],
    "due": [f"check {NOW + 6 * 86400}", f"rehearse {NOW + 86400}"],
    "private": ["600 root:root /etc/pyinfra-ollama/backup/password"],
}


def judged(**changes: list[str] | None) -> dict[str, Result]:
    lines = []
    for name, body in {**GOOD, **changes}.items():
        status = 0 if body is not None else 1
        lines += [f"@@begin {name}", *(body or []), "", f"@@end {name} {status}"]
    seen = read([*lines, "@@done"])
    results = (
        checks.backup(DECLARED, seen),
        checks.secrets(seen),
        checks.looked_through(DECLARED, seen),
        checks.rehearsed(DECLARED, seen),
    )
    return {result.check: result for result in results}


def ran(age: int, result: str = "good", good: int | None = None, **more: str) -> list[str]:
    last = good if good is not None else age
    values = {"finished": str(NOW - age), "result": result, "good": str(NOW - last), **more}
    return [f"{key}={value}" for key, value in values.items()]


def test_a_good_host() -> None:
    found = judged()
    assert tuple(found) == CHECKS
    assert {result.status for result in found.values()} == {"pass"}
    assert found["backup"].found == "60 minutes ago"
    assert found["backup-rehearsal"].found == "none was due yet"


@pytest.mark.parametrize(
    ("changes", "red", "found"),
    [
        (
            {"timers": ["run inactive enabled", "check active enabled"]},
            "backup",
            "ollama-backup-run.timer does not run, or not after a boot",
        ),
        ({"made": []}, "backup", "nobody made sure yet that there is a repository"),
        ({"run": ran(40 * 3600)}, "backup", "the last good one was 40 hours ago"),
        (
            {"run": ran(3600, "failed", good=40 * 3600, reason="locked")},
            "backup",
            "the last good one was 40 hours ago; the last one failed: locked",
        ),
        ({"run": []}, "backup", "there never was a good one"),
        ({"run": ran(-7200)}, "backup", "the last one lies 2 hours ahead of the host's clock"),
        (
            {"check": ran(600, "failed", reason="the repository is damaged")},
            "backup-check",
            "10 minutes ago: the repository is damaged",
        ),
        (
            {"rehearse": ran(600, "failed")},
            "backup-rehearsal",
            "10 minutes ago: no reason was kept",
        ),
        (
            {
                "check": ran(30 * 86400),
                "due": [f"check {NOW - 23 * 86400}", f"rehearse {NOW + 60}"],
            },
            "backup-check",
            "30 days ago; the next was due 23 days ago",
        ),
        (
            {"due": [f"check {NOW + 60}", f"rehearse {NOW - 3 * 86400}"]},
            "backup-rehearsal",
            "never; the next was due 3 days ago",
        ),
        (
            {"private": ["644 root:root /etc/pyinfra-ollama/backup/password"]},
            "backup-secrets",
            "/etc/pyinfra-ollama/backup/password is 644 root:root",
        ),
        ({"private": []}, "backup-secrets", "/etc/pyinfra-ollama/backup/password is not there"),
    ],
)
def test_one_damage_turns_one_check_red(
    changes: dict[str, list[str] | None], red: str, found: str
) -> None:
    results = judged(**changes)
    assert [r.check for r in results.values() if r.status != "pass"] == [red]
    assert (results[red].status, results[red].found) == ("fail", found)
    assert results[red].next


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"run": [], "made": [str(NOW - 60)]}, "none yet; a timer makes the first"),
        (
            {"run": ran(60, "failed", good=7200, reason="locked")},
            "2 hours ago; the last one failed: locked",
        ),
        (
            {"run": ran(60, left_out="a/1")},
            "1 minutes ago, without a/1, of which blobs are missing on the host or cannot be read",
        ),
    ],
)
def test_what_needs_a_look_but_no_alarm(changes: dict[str, list[str]], found: str) -> None:
    results = judged(**changes)
    assert (results["backup"].status, results["backup"].found) == ("warn", found)


@pytest.mark.parametrize(
    ("section", "check"),
    [
        ("now", "backup"),
        ("timers", "backup"),
        ("run", "backup"),
        ("private", "backup-secrets"),
        ("check", "backup-check"),
        ("rehearse", "backup-rehearsal"),
        ("due", "backup-check"),
        ("due", "backup-rehearsal"),
    ],
)
def test_could_not_tell_is_not_no(section: str, check: str) -> None:
    result = judged(**{section: None})[check]
    assert result.status == "unknown"
    assert section in result.found


@pytest.mark.parametrize(("late", "due"), [(12 * 3600, ""), (-60, ""), (0, "never")])
def test_one_that_may_still_be_at_work_is_not_late(late: int, due: str) -> None:
    when = 0 if due else NOW - late
    found = judged(due=[f"check {when}", f"rehearse {when}"])
    assert {result.status for result in found.values()} == {"pass"}


def test_one_whose_timer_does_not_run_is_red_once() -> None:
    timers = ["run active enabled", "check inactive enabled", "rehearse active enabled"]
    found = judged(timers=timers, due=[f"check {NOW - 23 * 86400}", "rehearse 0"])
    statuses = {name: result.status for name, result in found.items() if result.status != "pass"}
    assert statuses == {"backup": "fail", "backup-check": "warn"}


def test_a_damaged_answer_is_unknown() -> None:
    assert judged(run=["finished=soon"])["backup"].status == "unknown"
