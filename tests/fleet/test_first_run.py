"""From bare to a server with the lab's own inventory, in the order in which people work."""

from __future__ import annotations

import re

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.generating import generating
from tests.fleet.harness import BIN, HOSTS, VERSION, Fleet, Ran, run

MODELS = ("chat", "embedding")


def deploy(fleet: Fleet, *arguments: str) -> Ran:
    """`pyinfra inventories/lab.py deploy.py ...`, which must end well."""
    command = [str(BIN / "pyinfra"), "inventories/lab.py", "deploy.py", *arguments]
    with generating():
        ran = run(command, 300, LAB=fleet.lab.name)
    assert ran.code == 0, ran.text
    assert "Traceback" not in ran.text
    return ran


@pytest.fixture(scope="module")
def first(fleet: Fleet) -> tuple[Ran, Ran]:
    """What the dry run and the real run say on hosts as they come from the installer."""
    fleet.reset(*HOSTS)
    return deploy(fleet, "--dry", "--json"), deploy(fleet, "-y", "--json")


def test_the_dry_run_foretold_the_first_run(first: tuple[Ran, Ran]) -> None:
    """On every host the same operations."""
    planned, applied = first
    assert set(planned.planned) == set(HOSTS)
    assert applied.changed() == planned.planned


def test_a_bare_machine_became_a_server(fleet: Fleet, first: tuple[Ran, Ran]) -> None:
    """The declared version answers, knows the models and runs in its sandbox at every start."""
    for host in HOSTS:
        assert fleet.version(host) == VERSION
        assert fleet.listed(host) == {model["name"] for model in fleet.models()}
        assert fleet.sh(host, "systemctl is-enabled ollama") == "enabled"
        program = fleet.sh(host, f"readlink /proc/{fleet.pid(host)}/exe")
        assert program == f"/opt/ollama/releases/{VERSION}/bin/ollama"
        assert fleet.sh(host, "ollama --version") == f"ollama version is {VERSION}"
        exposure = fleet.sh(host, "systemd-analyze security ollama --no-pager | tail -n 1")
        assert float(exposure.split(":", 1)[1].split()[0]) <= 1.2
        listening = fleet.sh(host, "ss -H -ltnp | grep ollama | awk '{ print $4 }'")
        assert listening == "127.0.0.1:11434"
    assert "Paris" in fleet.ask("host1", fleet.chat()["name"])


def test_the_second_run_changes_and_restarts_nothing(fleet: Fleet, first: tuple[Ran, Ran]) -> None:
    """Not a file is written, not a process replaced; a person is told so."""
    before = eyes.look_at_all(fleet, HOSTS)
    assert deploy(fleet, "--dry", "--json").planned == {}
    assert re.search(r"\d+ \(host", deploy(fleet, "--dry").text) is None
    assert deploy(fleet, "-y", "--json").changed() == {}
    after = eyes.look_at_all(fleet, HOSTS)
    for host in HOSTS:
        assert differing(before[host], after[host]) == set()


def test_the_verifier_agrees(fleet: Fleet, first: tuple[Ran, Ran]) -> None:
    """`pyinfra-ollama verify inventories/lab.py` ends with 0."""
    command = [str(BIN / "pyinfra-ollama"), "verify", "inventories/lab.py", "--no-generate"]
    ran = run(command, 120, LAB=fleet.lab.name)
    assert ran.code == 0, ran.text
