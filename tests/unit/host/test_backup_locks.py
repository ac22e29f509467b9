"""Locks of a repository: who holds them, and what is no lock although restic speaks of one."""

from __future__ import annotations

import pytest

from .machine import Machine

# What restic 0.14.0 says of a repository on a disk that is full (2026-11), frames cut short.
FULL = """\
Save(<lock/75f288ee79>) returned error, retrying after 552.330144ms: no space left on device
write /srv/full/r/locks/75f288ee79-tmp-233359848: no space left on device
github.com/restic/restic/internal/backend/local.(*Local).Save
\tgithub.com/restic/restic/internal/backend/local/local.go:170
main.runBackup
\tgithub.com/restic/restic/cmd/restic/cmd_backup.go:583
runtime.goexit
\truntime/asm_amd64.s:1594
unable to create lock in backend
"""


def test_a_full_repository_is_not_a_locked_one(machine: Machine) -> None:
    machine.repository.with_suffix(".full").write_text(FULL)
    assert machine.run("run").returncode == 1
    backups = [call for call in machine.calls() if call.startswith("backup")]
    assert len(backups) == 1, "it was not tried again"
    assert machine.state("run")["reason"] == (
        "restic failed (write /srv/full/r/locks/75f288ee79-tmp-233359848: no space left on device "
        "unable to create lock in backend )"
    )


def test_it_is_waited_by_the_clock(machine: Machine) -> None:
    """A slow repository takes a while for each refusal."""
    machine.declare(lock_seconds=1800)
    machine.repository.with_suffix(".locked").write_text("held")
    clock, slept = machine.root / "clock", machine.root / "slept"
    clock.write_text("1800000000")
    machine.program("date", f"now=$(($(cat {clock}) + 1000)); echo $now | tee {clock}")
    programs = machine.program("sleep", f"echo x >>{slept}")
    assert machine.run("check", path=programs).returncode == 11
    assert len(slept.read_text().splitlines()) <= 3


def test_a_lock_that_comes_of_age_while_it_is_waited_for_is_taken_away(machine: Machine) -> None:
    machine.declare(lock_seconds=5)
    machine.repository.with_suffix(".locked").write_text("dying")
    done = machine.run("check", path=machine.program("sleep", ""))
    assert done.returncode == 0, done.stderr


def test_nobody_cleans_up_while_it_is_rehearsed(machine: Machine) -> None:
    machine.run("run")
    machine.repository.with_suffix(".locked").write_text("held")
    assert machine.run("rehearse").returncode == 11


@pytest.mark.parametrize(("trouble", "words"), [("locked", "held"), ("full", FULL)])
def test_a_restore_asks_for_a_lock_and_does_without(
    machine: Machine, trouble: str, words: str
) -> None:
    machine.run("run")

    def reads() -> list[str]:
        names = ("stats", "dump", "ls", "restore")
        return [call for call in machine.calls() if call.split()[0] in names]

    assert machine.run("restore").returncode == 0
    assert not [call for call in reads() if "--no-lock" in call]
    before = len(reads())
    machine.repository.with_suffix(f".{trouble}").write_text(words)
    done = machine.run("restore")
    assert done.returncode == 0, done.stderr
    assert "it is read without a lock" in done.stdout
    without = [call for call in reads()[before:] if "--no-lock" in call]
    assert [call.split()[0] for call in without] == ["dump", "ls", "stats", "restore"]
