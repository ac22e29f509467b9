"""The whole way on Debian 13."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import VERSION, Fleet

HOST = "host1"


@pytest.fixture(scope="module")
def converged(trixie: Fleet) -> Path:
    """From bare, as foretold."""
    trixie.reset(HOST)
    assert trixie.sh(HOST, ". /etc/os-release; echo $VERSION_ID") == "13"
    limits = {"memory_max": "8G", "tasks_max": 512, "cpu_quota_percent": 200}
    models = {"models": trixie.models()}
    inventory = trixie.inventory(HOST, user="asker", ollama=models, service=limits)
    planned = trixie.plan(inventory).planned
    assert trixie.apply(inventory).changed() == planned
    return inventory


def test_it_serves_in_its_sandbox(trixie: Fleet, converged: Path) -> None:
    """The declared version answers a question, behind no weaker walls than on Debian 12."""
    assert trixie.version(HOST) == VERSION
    assert "Paris" in trixie.ask(HOST, trixie.chat()["name"])
    exposure = trixie.sh(HOST, "systemd-analyze security ollama --no-pager | tail -n 1")
    assert float(exposure.split(":", 1)[1].split()[0]) <= 1.2
    assert trixie.sh(HOST, "systemctl show ollama -p MemoryMax --value") == str(8 * 1024**3)


def test_a_second_run_changes_nothing(trixie: Fleet, converged: Path) -> None:
    """Not a file, not a process."""
    before = eyes.look(trixie, HOST)
    assert trixie.plan(converged).planned == {}
    assert trixie.apply(converged).changed() == {}
    after = eyes.look(trixie, HOST)
    # Models are loaded and unloaded by themselves, each with a listener of its own.
    assert {key for key in differing(before, after) if not key.startswith("listener ")} == set()


def test_the_verifier_agrees(trixie: Fleet, converged: Path) -> None:
    """Every check, with each model loaded and asked."""
    ran = trixie.verify(converged)
    assert ran.code == 0, ran.text
