"""A bare machine becomes a server; a second run changes nothing."""

from __future__ import annotations

import pytest

from tests.fleet.harness import VERSION, Fleet

HOSTS = ("host1", "host3")


@pytest.fixture(scope="module")
def bare(fleet: Fleet) -> Fleet:
    """The hosts as they come from the installer."""
    fleet.reset(*HOSTS)
    return fleet


def test_from_bare_to_no_change(bare: Fleet) -> None:
    """Dry, apply, dry again, apply again: the order in which people work."""
    inventory = bare.inventory(*HOSTS, ollama={"models": bare.models()})

    planned = bare.plan(inventory).planned
    assert set(planned) == set(HOSTS)
    assert bare.ssh("host1", "test -e /opt/ollama").returncode != 0, "a dry run changed the host"

    assert bare.apply(inventory).changed() == planned

    before = {host: bare.pid(host) for host in HOSTS}
    assert bare.plan(inventory).planned == {}
    assert bare.apply(inventory).changed() == {}
    assert {host: bare.pid(host) for host in HOSTS} == before

    for host in HOSTS:
        assert bare.version(host) == VERSION
        assert bare.listed(host) == {model["name"] for model in bare.models()}
        assert "Paris" in bare.ask(host, bare.chat()["name"])
        assert bare.sh(host, "systemctl is-enabled ollama") == "enabled"
        program = bare.sh(host, f"readlink /proc/{bare.pid(host)}/exe")
        assert program == f"/opt/ollama/releases/{VERSION}/bin/ollama"
        exposure = bare.sh(host, "systemd-analyze security ollama --no-pager | tail -n 1")
        assert float(exposure.split(":", 1)[1].split()[0]) <= 1.2
