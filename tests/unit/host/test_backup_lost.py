"""A repository that was known and is gone is made anew by a person alone."""

from __future__ import annotations

import shutil

import pytest

from .machine import Machine


@pytest.mark.parametrize("password", ["canary", "another"])
def test_a_deployment_does_not_hide_the_loss(machine: Machine, password: str) -> None:
    shutil.rmtree(machine.repository)
    (machine.root / "private/password").write_text(f"{password}\n")
    done = machine.run("ensure")
    assert done.returncode == 10
    assert "A new one is made by: ollama-backup init" in done.stderr
    assert not machine.repository.exists()
    assert machine.run("init").returncode == 0
    assert machine.run("ensure").returncode == 0


def test_a_deployment_makes_one_where_none_was_known(machine: Machine) -> None:
    elsewhere = machine.root / "elsewhere"
    (machine.root / "private/repository").write_text(f"{elsewhere}\n")
    machine.declare(place=elsewhere)
    assert machine.run("ensure").returncode == 0
    assert elsewhere.exists()
