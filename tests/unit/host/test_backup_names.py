"""Snapshots that are gone, by their whole names: restic opens the file of such a name."""

from __future__ import annotations

from .machine import Machine

GONE = "7" * 64


def test_a_whole_name_that_is_gone_is_no_such_snapshot(machine: Machine) -> None:
    machine.run("run")
    done = machine.run("restore", GONE)
    assert done.returncode == 15
    assert "there is no such snapshot" in done.stderr


def test_a_run_goes_on_when_its_last_snapshot_was_removed(machine: Machine) -> None:
    """Since restic 0.15 a whole name is what a backup says it made."""
    machine.run("run")
    state = machine.root / "state/run"
    state.write_text(state.read_text().replace("00000001", GONE))
    done = machine.run("run")
    assert done.returncode == 0, done.stderr
    [made] = [call for call in machine.calls() if call.startswith("backup")][1:]
    assert "--parent" not in made
