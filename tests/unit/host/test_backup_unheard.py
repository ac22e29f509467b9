"""`ollama-backup` goes on when nobody hears it: its outputs are an SSH channel that was closed."""

from __future__ import annotations

import os
import subprocess

from .machine import Machine


def unheard(machine: Machine, *arguments: str) -> int:
    """Run the tool with outputs that nobody reads; its exit code."""
    heard, said = os.pipe()
    os.close(heard)
    done = subprocess.run(
        machine.words(*arguments), env=machine.environment(), stdout=said, stderr=said, check=False
    )
    os.close(said)
    return done.returncode


def test_what_it_began_is_done(machine: Machine) -> None:
    machine.run("run")
    assert unheard(machine, "run") == 0
    assert machine.calls()[-1].startswith("forget --host")
    assert machine.state("run")["result"] == "good"
    assert unheard(machine, "restore") == 0
    assert machine.state("restore")["result"] == "good"


def test_why_it_failed_is_kept(machine: Machine) -> None:
    machine.repository.with_suffix(".says").write_text("Fatal: wrong password or no key found\n")
    assert unheard(machine, "run") == 12
    assert "the password is not the repository's" in machine.state("run")["reason"]
