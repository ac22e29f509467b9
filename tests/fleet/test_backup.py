"""Backups on a host's disk, by SSH, in S3 and on a REST server, by the timers' own services."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.fleet import keeping, vault
from tests.fleet.harness import BIN, Fleet, wait_until
from tests.fleet.keeping import HOST, NOTHING, PRIVATE, STATE, TASKS, VAULT, Kept
from tests.fleet.vault import CANARIES

pytestmark = pytest.mark.slow

OPERATIONS = [
    "Have the backup's tool, settings and units",
    "Have the backup's repository",
    "Have the backup's timers running",
]
FIGURES = "/var/lib/prometheus/node-exporter"
# Every command line of the host, as often as it can be read, until the file is there.
WATCH = (
    "systemd-run -q --unit=watch-argv sh -c 'while [ ! -e /root/seen ]; do "
    "cat /proc/[0-9]*/cmdline; sleep 0.05; done >/root/argv 2>/dev/null'"
)


@pytest.fixture(scope="module")
def kept(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    fleet.reset(HOST, VAULT)
    made = vault.made(fleet, VAULT, tmp_path_factory.mktemp("vault"))
    inventory = keeping.inventory(fleet, made.sftp)
    planned = fleet.plan(inventory).planned[HOST]
    assert [name for name in planned if name in OPERATIONS] == OPERATIONS
    fleet.sh(HOST, f"mkdir -p {FIGURES}")
    changed = fleet.apply(inventory).changed()[HOST]
    assert [name for name in changed if name in OPERATIONS] == OPERATIONS
    return Kept(fleet, made, inventory)


def test_a_second_run_changes_nothing(kept: Kept) -> None:
    assert kept.fleet.plan(kept.inventory).planned == NOTHING
    assert kept.fleet.apply(kept.inventory).changed() == NOTHING
    assert kept.checks()["backup"] == "warn", "there is none yet"
    said = kept.fleet.sh(HOST, f"cat {FIGURES}/pyinfra-ollama-backup.prom")
    assert "pyinfra_ollama_backup_set_up_timestamp_seconds 1" in said


def test_what_is_deployed_is_sound(kept: Kept, tmp_path: Path) -> None:
    paths = f"/usr/local/sbin/ollama-backup {keeping.PRIVATE}/settings"
    names = kept.fleet.sh(HOST, f"ls {paths} /usr/local/lib/pyinfra-ollama/backup/*.sh").split()
    assert len(names) == 6
    files = [tmp_path / name.rpartition("/")[2] for name in names]
    for name, file in zip(names, files, strict=True):
        file.write_text(kept.fleet.sh(HOST, f"cat {name}"))
    judge = [str(BIN / "shellcheck"), "--shell=sh", "--exclude=SC1091,SC2034"]
    done = subprocess.run([*judge, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    units = "/etc/systemd/system/ollama-backup-*"
    assert kept.fleet.sh(HOST, f"systemd-analyze verify {units} 2>&1") == ""
    for task in TASKS:
        security = f"systemd-analyze security --threshold=30 ollama-backup-{task} --no-pager"
        kept.fleet.sh(HOST, security)


@pytest.mark.parametrize("kind", ["sftp", "s3", "rest", "disk"])
def test_every_kind_of_repository(kept: Kept, kind: str) -> None:
    fleet = kept.fleet
    place = {"path": "/srv/backup"} if kind == "disk" else getattr(kept.vault, kind)
    kept.inventory = keeping.inventory(fleet, place)
    ran = fleet.apply(kept.inventory)
    expected = (
        NOTHING if kind == "sftp" else {HOST: [*OPERATIONS[:2], "Have the deployment verified"]}
    )
    assert ran.changed() == expected
    assert [kept.state(task) for task in TASKS] == [{}, {}, {}], "nothing is known of this one yet"
    fleet.sh(HOST, f"rm -f /root/seen /root/argv; {WATCH}")
    for task in TASKS:
        assert kept.start(task)["result"] == "good", kept.state(task)
    fleet.sh(HOST, "touch /root/seen; while systemctl -q is-active watch-argv; do sleep 0.1; done")
    assert set(kept.checks().values()) == {"pass"}
    said = fleet.sh(HOST, f"cat {FIGURES}/pyinfra-ollama-backup.prom")
    assert "backup_last_run_failed 0\n" in said
    assert "backup_rehearsal_ok 1\n" in said
    assert "node-exporter" not in fleet.sh(HOST, f"find {FIGURES} -name '.*'")
    assert fleet.sh(HOST, f"find {STATE} -name '.at-work*' -o -name '.ollama-backup*'") == ""
    # Restic was at work while command lines were looked at.
    assert "rehearse" in fleet.sh(
        HOST, "tr '\\0' ' ' </root/argv | grep -o 'backup rehearse' | head -1"
    )
    for secret in CANARIES.values():
        bare = secret.split("@")[-1].split(":")[-1]
        assert bare not in ran.text
        where = f"grep -rlF -- {bare} /etc /run /tmp /root {STATE} /var/log || true"
        holders = fleet.sh(HOST, where).splitlines()
        assert {holder.rpartition("/")[0] for holder in holders} <= {PRIVATE}
        assert fleet.sh(HOST, f"journalctl --no-pager | grep -cF -- {bare} || true") == "0"
    assert fleet.sh(HOST, f"find {PRIVATE} -type f ! -perm 600") == ""


def test_a_host_that_can_only_add(kept: Kept) -> None:
    kept.vault.serve(append_only=True)
    kept.fleet.apply(keeping.inventory(kept.fleet, kept.vault.rest, forget=False))
    for task in TASKS:
        assert kept.start(task)["result"] == "good"
    assert "locks" in kept.fleet.sh(VAULT, f"ls {vault.FOLDER}/rest/{HOST}")
    assert kept.fleet.sh(VAULT, f"ls {vault.FOLDER}/rest/{HOST}/locks") == ""


@pytest.mark.parametrize("task", ["check", "rehearse"])
def test_a_task_that_is_left_out_is_seen(kept: Kept, task: str) -> None:
    for each in TASKS:
        assert kept.start(each)["result"] == "good"
    # As if the timer had been asleep since.
    left_out = (
        f"cd {STATE}; cp {task} /root/kept; touch -d '-40 days' repository timers; "
        f"sed -i \"s/^finished=.*/finished=$(date -d '-40 days' +%s)/\" {task}"
    )
    name = {"check": "backup-check", "rehearse": "backup-rehearsal"}[task]
    with kept.damaged(HOST, left_out, f"cd {STATE}; mv /root/kept {task}; touch repository timers"):
        found = kept.checks()
        assert {check for check, status in found.items() if status != "pass"} == {name}
        assert found[name] == "fail"
    assert set(kept.checks().values()) == {"pass"}


def test_what_a_command_began_goes_on_without_it(kept: Kept) -> None:
    fleet, former = kept.fleet, kept.state("run")["snapshot"]
    fleet.sh(HOST, f"systemd-run -q --collect --unit=holder flock {STATE}/.lock sleep 300")
    words = [str(BIN / "pyinfra-ollama"), "backup", str(kept.inventory)]
    command = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun = "pgrep -f '[o]llama-backup run'"
    wait_until("it has begun", lambda: fleet.ssh(HOST, begun).returncode == 0)
    command.kill()
    command.wait()
    fleet.sh(HOST, "systemctl stop holder")
    wait_until("it has ended", lambda: fleet.ssh(HOST, begun).returncode != 0)
    state = kept.state("run")
    assert (state["result"], state["snapshot"] != former) == ("good", True), state


def test_the_timer_fires_and_old_snapshots_are_forgotten(kept: Kept) -> None:
    fleet = kept.fleet
    none = dict.fromkeys(("keep_daily", "keep_weekly", "keep_monthly"), 0)
    often = {"at": "*-*-* *:*:0/5", "spread_seconds": 0, "keep_last": 2, **none}
    fleet.apply(keeping.inventory(fleet, {"path": "/srv/backup"}, **often))
    begun = "journalctl -b -u ollama-backup-run --grep '^Finished' -q --no-pager --since "
    since = f"{begun} @{fleet.sh(HOST, 'date +%s')} | wc -l"
    # One more is there from before.
    wait_until("two were begun by the timer", lambda: int(fleet.sh(HOST, since)) >= 2, seconds=150)
    kept.inventory = keeping.inventory(fleet, {"path": "/srv/backup"})
    fleet.apply(kept.inventory)
    listed = fleet.sh(HOST, "systemctl list-timers --no-legend 'ollama-backup-*'").splitlines()
    assert len(listed) == 3
    assert not [line for line in listed if line.startswith("n/a")]
    [host] = kept.command("snapshots", "--format", "json").document["hosts"]
    assert len(host["snapshots"]) == 2
    assert {row["ollama"] for row in host["snapshots"]} == {"0.33.0"}
    assert len(fleet.sh(HOST, "ls /srv/backup/snapshots").split()) == 2


def test_a_stopped_timer_is_started_by_the_next_run(kept: Kept) -> None:
    kept.fleet.sh(HOST, "systemctl disable --now ollama-backup-run.timer")
    assert kept.checks()["backup"] == "fail"
    changed = kept.fleet.apply(kept.inventory).changed()
    assert "Have the backup's timers running" in changed[HOST]
    assert kept.checks()["backup"] == "pass"


def test_another_password_is_tried_when_it_is_declared(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_PASSWORD", "canary-other-password")
    ran = kept.fleet.apply(kept.inventory, check=False)
    assert ran.code != 0
    assert "the password is not the repository's" in ran.text
