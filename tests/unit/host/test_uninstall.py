"""scripts/uninstall.sh, with a folder as the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.host.scripts import Scripted


@pytest.fixture
def host(tmp_path: Path) -> Scripted:
    """Nothing but what a test puts there."""
    return Scripted(tmp_path)


def test_a_trial_of_the_firewall_that_could_not_be_undone_is_said(host: Scripted) -> None:
    undo = host.put("/run/pyinfra-ollama-firewall/undo", "exit 3\n")
    ran = host.run("uninstall", stdin=f"undo|{undo}|\n")
    assert ran.returncode == 1, ran.stdout
    assert "a change of the firewall that nobody confirmed could not be undone" in ran.stderr
