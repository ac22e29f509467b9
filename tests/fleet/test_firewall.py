"""Real ufw on real hosts: what comes in is what was declared, and nobody is ever locked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import api
from tests.fleet.filtering import (
    FOLDER,
    HOST,
    address6,
    kernel,
    on_disk,
    reaches,
    reaches_from,
    rules,
    serve,
)
from tests.fleet.harness import Fleet, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unfiltered", "open_host")]

OTHER = "host2"
STEP = "Have the firewall"
MINE = "pyinfra-ollama: "


def declared(fleet: Fleet, *allow: Any, user: str = "root", **more: Any) -> Path:
    """One host with these ports open."""
    return fleet.inventory(HOST, user=user, firewall={"allow": list(allow), **more})


def one(fleet: Fleet, port: int | str, *networks: str, **more: Any) -> dict[str, Any]:
    return {"port": port, **({"networks": list(networks)} if networks else {}), **more}


def test_only_what_is_declared_comes_in(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """By IPv4 and IPv6, from here and from another host; foretold, done, and done for good."""
    here, there = fleet.lab.host(HOST).address, fleet.lab.host(OTHER).address
    here6, there6 = address6(fleet, HOST), address6(fleet, OTHER)
    serve(fleet, HOST, 443, 8005, 9999)
    wait_until("the ports are served", lambda: reaches(here, 9999))
    assert reaches_from(fleet, OTHER, here6, 9999)
    ranged = one(fleet, "8000:8010", there, f"{there6}/128", note="for one host")
    inventory = declared(fleet, one(fleet, 443), ranged)
    planned = fleet.plan(inventory).planned
    ran = fleet.apply(inventory)
    assert ran.changed() == planned
    assert STEP in planned[HOST]
    assert fleet.ssh(HOST, f"test -e {FOLDER}").returncode
    assert fleet.sh(HOST, "systemctl list-timers --all | grep -c pyinfra-ollama || true") == "0"

    assert reaches(here, 22)
    assert reaches(here, 443)
    assert not reaches(here, 9999)
    assert not reaches(here, 8005)
    for address, port, comes in (
        (here, 443, True),
        (here, 8005, True),
        (here, 9999, False),
        (here6, 22, True),
        (here6, 443, True),
        (here6, 8005, True),
        (here6, 9999, False),
    ):
        assert reaches_from(fleet, OTHER, address, port) == comes, (address, port)
    assert rules(fleet, HOST) == [
        f"ufw allow 22/tcp comment '{MINE}ssh'",
        f"ufw allow 443/tcp comment '{MINE}443/tcp'",
        f"ufw allow from {there} to any port 8000:8010 proto tcp comment '{MINE}for one host'",
        f"ufw allow from {there6} to any port 8000:8010 proto tcp comment '{MINE}for one host'",
    ]
    before = kernel(fleet, HOST), on_disk(fleet, HOST)
    assert fleet.plan(inventory).planned == {}
    monkeypatch.setenv("PYINFRA_OLLAMA_GATHER", "on")  # also where the suite runs without
    again = fleet.pyinfra(inventory, "-y", "-vv", "--json")
    assert again.changed() == {}
    assert again.commands(HOST) == 1
    assert (kernel(fleet, HOST), on_disk(fleet, HOST)) == before

    api.stop(fleet.lab.name, HOST)
    api.start(fleet.lab.name, HOST)
    assert kernel(fleet, HOST) == before[0], "it is there after a boot"
    assert fleet.apply(inventory).changed() == {}


def test_ours_go_and_a_persons_own_stay(fleet: Fleet) -> None:
    """Also where a person's rule says the same as a declared one."""
    own = (
        "ufw allow 5555/tcp comment 'mine'",
        "ufw deny from 192.0.2.9 comment 'not that one'",
        "ufw limit 7000/tcp",
        "ufw allow 80/tcp",
        "ufw allow out 53",
    )
    fleet.sh(HOST, "; ".join(own))
    kept = rules(fleet, HOST)
    first = declared(fleet, one(fleet, 80), one(fleet, 443), one(fleet, 7000))
    fleet.apply(first)
    mine = [f"ufw allow 22/tcp comment '{MINE}ssh'"]
    assert rules(fleet, HOST) == sorted(
        [*kept, *mine, f"ufw allow 443/tcp comment '{MINE}443/tcp'"]
    )
    assert fleet.apply(first).changed() == {}
    fewer = declared(fleet)
    assert STEP in fleet.apply(fewer).changed()[HOST]
    assert rules(fleet, HOST) == sorted([*kept, *mine])
    assert fleet.apply(fewer).changed() == {}


DAMAGES = (
    "ufw --force disable",
    "ufw delete allow 443/tcp; systemctl disable ufw; sed -i s/IPV6=yes/IPV6=no/ /etc/default/ufw",
    "ufw default allow incoming; ip6tables -D ufw6-user-input -p tcp --dport 443 -j ACCEPT",
    "iptables -P INPUT ACCEPT; iptables -F",
)


def test_what_somebody_broke_is_mended(fleet: Fleet) -> None:
    inventory = declared(fleet, one(fleet, 443))
    fleet.apply(inventory)
    before = kernel(fleet, HOST)
    for damage in DAMAGES:
        fleet.sh(HOST, damage)
        assert STEP in fleet.apply(inventory).changed().get(HOST, []), damage
        assert kernel(fleet, HOST) == before, damage
        assert fleet.sh(HOST, "systemctl is-enabled ufw") == "enabled"
    assert fleet.apply(inventory).changed() == {}
