"""Why `ollama-backup` fails, in the words of restic 0.14.0 (2026-11), and what becomes of it."""

from __future__ import annotations

import subprocess

import pytest

from .machine import LIBRARY, Machine

UNREACHABLE = (
    'Fatal: unable to open config file: Head "http://b/config": connection refused\n'
    "Is there a repository at the following location?"
)


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ("Fatal: wrong password or no key found", 12, "the password is not the repository's"),
        (
            UNREACHABLE,
            13,
            "cannot be reached",
        ),
        (UNREACHABLE.replace("refused", "closed in a new way"), 13, "cannot be reached"),
        (UNREACHABLE.replace("connection refused", "<config/> does not exist"), 10, "there is no"),
        (
            "Pack ID does not match, want 401403, got 9a661b\nFatal: repository contains errors",
            14,
            "is damaged",
        ),
        ("something new", 1, "restic failed (something new )"),
    ],
)
def test_why_a_run_failed_is_told_and_kept(
    machine: Machine, words: str, code: int, reason: str
) -> None:
    machine.run("run")
    good = machine.state("run")["good"]
    says = machine.repository.with_suffix(".says")
    says.write_text(f"{words}\n")
    done = machine.run("check" if code == 14 else "run")
    assert done.returncode == code
    assert reason in done.stderr
    state = machine.state("check" if code == 14 else "run")
    assert (state["result"], state["code"]) == ("failed", str(code))
    assert reason in state["reason"]
    if code != 14:
        assert state["good"] == good


@pytest.mark.parametrize(("lock", "code"), [("stale", 0), ("held", 11)])
def test_a_lock_of_a_process_that_is_gone_is_taken_away_and_no_other(
    machine: Machine, lock: str, code: int
) -> None:
    machine.repository.with_suffix(".locked").write_text(lock)
    done = machine.run("run")
    assert done.returncode == code
    assert ("locked by another process" in done.stderr) == (code == 11)


def test_a_repository_that_vanished_is_not_made_anew_by_a_run(machine: Machine) -> None:
    subprocess.run(["rm", "-rf", machine.repository], check=True)
    done = machine.run("run")
    assert done.returncode == 10
    assert "was it moved or deleted?" in done.stderr
    assert not machine.repository.exists()


def test_a_host_that_may_only_add_forgets_nothing(machine: Machine) -> None:
    settings = machine.root / "settings"
    settings.write_text(f"{settings.read_text()}retention=''\n")
    meanwhile = machine.repository.with_suffix(".meanwhile")
    path = machine.models / LIBRARY / "mine/latest"
    meanwhile.write_text(f"echo >>{path}; rm {meanwhile}\n")
    assert machine.run("run").returncode == 0
    assert len(list(machine.repository.glob("*.tar"))) == 2
