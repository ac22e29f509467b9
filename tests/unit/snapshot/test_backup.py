"""The backup's part of a host's answer; the block of `systemctl show` is systemd 252's."""

from __future__ import annotations

from pyinfra_ollama.snapshot.backup import backup_state

LINES = """\
Id=ollama-backup-run.timer
ActiveState=active
UnitFileState=enabled
Id=ollama-backup-check.timer
ActiveState=inactive
UnitFileState=enabled
Id=ollama-backup-rehearse.timer
ActiveState=active
UnitFileState=
Repository=abc
Started=def
Place=2049
Models=2049
""".splitlines()


def test_a_timer_counts_when_it_runs_and_starts_at_boot() -> None:
    found = backup_state({"backup": LINES})
    assert found.timers == {"ollama-backup-run"}
    assert (found.repository, found.started, found.shares_disk) == ("abc", "def", True)


def test_a_host_that_has_none_of_it() -> None:
    found = backup_state({"backup": ["Repository=", "Started="]})
    assert (found.repository, found.started, found.shares_disk) == (None, None, False)
    assert not found.timers
