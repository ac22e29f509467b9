"""A dry run on bare hosts: it foretells everything and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import Fleet

HOSTS = ("host1", "host3")
SYSTEMD = "/etc/systemd/system"
FILES = (
    f"{SYSTEMD}/ollama.service",
    f"{SYSTEMD}/ollama.service.d/50-pyinfra-ollama.conf",
)


@pytest.fixture(scope="module")
def bare(fleet: Fleet) -> Path:
    """An inventory of bare hosts; one of them is to get swap as well."""
    fleet.reset(*HOSTS)
    swap = {"size": "64M", "path": f"/swapfile-{fleet.lab.name}"}
    declared = {"ollama": {"keep_alive": "10m"}, "service": {"memory_max": "4G"}}
    return fleet.inventory(*HOSTS, each={"host3": {"swap": swap}}, **declared)


def test_it_changes_nothing_and_shows_every_file_whole(fleet: Fleet, bare: Path) -> None:
    """In each of its forms; what `--diff` showed is what the real run writes."""
    before = eyes.look_at_all(fleet, HOSTS)
    plain = fleet.pyinfra(bare, "--dry")
    diffs = fleet.pyinfra(bare, "--dry", "--diff")
    planned = fleet.plan(bare).planned
    for ran in (plain, diffs):
        assert ran.code == 0, ran.text
        assert "Traceback" not in ran.text
    for host, after in eyes.look_at_all(fleet, HOSTS).items():
        assert differing(before[host], after) == set()
    assert set(planned) == set(HOSTS)

    assert fleet.apply(bare).changed() == planned
    for host, path in [
        *((host, path) for host in HOSTS for path in FILES),
        ("host3", "/etc/sysctl.d/60-pyinfra-ollama.conf"),
    ]:
        text = fleet.sh(host, f"cat {path}")
        lines = [f"[{host}]   +{line}" for line in text.splitlines()]
        block = "\n".join(line.rstrip() for line in lines)
        assert block in "\n".join(line.strip() for line in diffs.text.splitlines()), diffs.text
        assert f"[{host}] Will create {path}" in diffs.text


def test_a_change_is_shown_as_a_diff(fleet: Fleet, bare: Path) -> None:
    """Only of the file that changes, and only with the lines that do."""
    limits = {"memory_max": "4G"}
    other = fleet.inventory("host1", ollama={"keep_alive": "30m"}, service=limits)
    fleet.apply(fleet.inventory("host1", ollama={"keep_alive": "10m"}, service=limits))
    said = fleet.pyinfra(other, "--dry", "--diff").text
    assert f"Will modify {FILES[1]}" in said
    assert '-Environment="OLLAMA_KEEP_ALIVE=10m"' in said
    assert '+Environment="OLLAMA_KEEP_ALIVE=30m"' in said
    assert f"Will modify {FILES[0]}\n" not in said
    assert "-Environment" not in said.replace('-Environment="OLLAMA_KEEP_ALIVE=10m"', "")
