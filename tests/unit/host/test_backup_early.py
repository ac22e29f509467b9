"""What fails before it is begun is remembered as well."""

from __future__ import annotations

import shutil

from .machine import Machine


def test_a_disk_without_room_for_a_beginning(machine: Machine) -> None:
    programs = machine.program("mktemp", "exit 1")
    assert machine.run("check", path=programs).returncode == 1
    assert machine.state("check")["result"] == "failed"


def test_a_host_that_lost_restic(machine: Machine) -> None:
    programs = machine.root / "bin"
    programs.mkdir()
    for name in ("mkdir", "date", "sed", "tr", "mv", "rm"):
        (programs / name).symlink_to(shutil.which(name) or "")
    done = machine.run("rehearse", only=programs)
    assert done.returncode == 1
    assert machine.state("rehearse")["reason"] == "restic is not there: install the package restic"
