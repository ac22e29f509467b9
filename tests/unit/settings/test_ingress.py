"""What the roles of hosts have their firewalls let in."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.settings import Declared, Inventory, SettingsError, load

OPEN: dict[str, Any] = {"allow_anonymous": True}
SERVER: dict[str, Any] = {"host": "10.0.0.11", "allow_non_loopback": True}


def loaded(hosts: dict[str, dict[str, Any]], *limit: str) -> dict[str, Declared]:
    """What each host of an inventory is; `limit`: the hosts of the run, none is all."""
    everyone = Inventory(data=hosts, groups={"gpu": ("gpu1", "gpu2")})
    return load(
        [(name, data) for name, data in hosts.items() if name in (limit or hosts)], everyone
    )


def told(declared: Declared) -> list[str]:
    return [
        f"{one.port}/{one.protocol} {','.join(one.networks or ('everybody',))} ({one.purpose})"
        for one in declared.opened
    ]


def opened(**data: Any) -> list[str]:
    """What is opened on a lone host."""
    return told(loaded({"web1": {"ollama": {}, **data}})["web1"])


def test_a_gateway_lets_its_clients_in() -> None:
    assert opened(gateway=OPEN, firewall={}) == [
        "443/tcp everybody (gateway)",
        "80/tcp everybody (gateway)",
    ]
    plain = {**OPEN, "tls": None, "allow_plain": True, "port": 8080}
    assert opened(gateway=plain, firewall={}) == ["8080/tcp everybody (gateway)"]


def test_without_a_firewall_or_on_loopback_nothing_is_opened() -> None:
    assert opened(gateway=OPEN) == []
    assert opened(gateway={**OPEN, "listen": ["127.0.0.1", "::1"]}, firewall={}) == []
    assert opened(firewall={}) == []


def test_what_the_declaration_names_is_as_it_says() -> None:
    narrow = {"allow": [{"port": "440:450", "networks": ["10.0.0.0/8"]}]}
    assert opened(gateway=OPEN, firewall=narrow) == ["80/tcp everybody (gateway)"]
    other = {"allow": [{"port": 443, "protocol": "udp"}]}
    assert "443/tcp everybody (gateway)" in opened(gateway=OPEN, firewall=other)


FLEET: dict[str, dict[str, Any]] = {
    "gate1": {"gateway": {**OPEN, "backends": ["gpu"]}, "ssh_hostname": "10.0.0.1"},
    "10.0.0.2": {"gateway": {**OPEN, "backends": ["gpu1", "gpu2"]}},
    "gate3": {
        "gateway": {**OPEN, "backends": ["gpu2"], "source_addresses": ["10.1.0.3", "2001:DB8::3"]}
    },
    "gpu1": {"ollama": SERVER, "firewall": {}},
    "gpu2": {"ollama": {**SERVER, "host": "0.0.0.0", "port": 8434}, "firewall": {}},
}


def test_a_server_lets_its_gateways_in_and_nobody_else() -> None:
    found = loaded(FLEET)
    assert told(found["gpu1"]) == [
        "11434/tcp 10.0.0.1 (gateway gate1)",
        "11434/tcp 10.0.0.2 (gateway 10.0.0.2)",
    ]
    assert told(found["gpu2"]) == [
        "8434/tcp 10.0.0.1 (gateway gate1)",
        "8434/tcp 10.0.0.2 (gateway 10.0.0.2)",
        "8434/tcp 10.1.0.3,2001:db8::3 (gateway gate3)",
    ]
    assert told(found["gate1"]) == []


def test_gateways_outside_the_run_count_as_well() -> None:
    assert told(loaded(FLEET, "gpu1")["gpu1"]) == told(loaded(FLEET)["gpu1"])


@pytest.mark.parametrize(
    ("gate", "seen"),
    [
        ({**FLEET["gate1"], "ssh_hostname": "gate1.example.com"}, "whose address is not known"),
        ({"gateway": {"backends": ["gpu"], "port": 0}}, "whose Gateway(...) is not valid"),
    ],
)
def test_a_gateway_that_is_not_known_is_not_locked_out(gate: dict[str, Any], seen: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded({**FLEET, "gate1": gate}, "gpu1")
    (problem,) = caught.value.problems
    assert (problem.host, problem.path) == ("gpu1", "firewall")
    assert problem.seen == f"the gateway 'gate1', {seen}"
    assert "source_addresses=" in problem.remedy
