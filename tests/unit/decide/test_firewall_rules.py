"""Which rules a host must have, and how ufw and the kernel write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfra_ollama.decide.firewall import wanted, work
from pyinfra_ollama.decide.firewall.rules import Rule
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Opening

from .filtered import OFF, firewall, on_disk


def told(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.text for rule in rules]


def test_ssh_comes_before_anything_else() -> None:
    state = replace(OFF, session=("192.0.2.1", 2200), ssh_ports=frozenset({2222, 22}))
    rules = wanted(firewall(80, ssh_port=2223), (), state)
    assert [rule.port for rule in rules if rule.family == 4] == ["2200", "22", "2222", "2223", "80"]
    assert {rule.comment for rule in rules[:-2]} == {"pyinfra-ollama: ssh"}


def test_both_families_or_the_one_that_there_is() -> None:
    declared = firewall(
        {
            "port": "8000:8010",
            "networks": ["10.0.0.0/8", "2001:db8::/32", "10.1.1.1"],
            "note": "x y",
        }
    )
    assert told(wanted(declared, (), OFF))[2:] == [
        "8000:8010/tcp from 10.0.0.0/8",
        "8000:8010/tcp from 2001:db8::/32",
        "8000:8010/tcp from 10.1.1.1/32",
    ]
    assert wanted(declared, (), OFF)[-1].comment == "pyinfra-ollama: x y"
    without = wanted(declared, (), replace(OFF, kernel_ipv6=False))
    assert {rule.family for rule in without} == {4}
    assert len(without) == 3


def test_ssh_from_declared_networks_only() -> None:
    rules = wanted(firewall(ssh_networks=["192.0.2.0/24"]), (), OFF)
    assert told(rules) == ["22/tcp from 192.0.2.0/24"]


def test_what_is_declared_twice_is_one_rule() -> None:
    opened = (
        Opening("443", "tcp", None, "gateway"),
        Opening("11434", "tcp", ("10.0.0.1/32",), "y"),
    )
    rules = wanted(firewall(22, 443), opened, OFF)
    assert told(rules) == [
        "22/tcp from everywhere (IPv4)",
        "22/tcp from everywhere (IPv6)",
        "443/tcp from everywhere (IPv4)",
        "443/tcp from everywhere (IPv6)",
        "11434/tcp from 10.0.0.1/32",
    ]
    assert rules[0].comment == "pyinfra-ollama: ssh"
    assert rules[2].comment == "pyinfra-ollama: gateway"


def test_no_port_for_ssh_is_refused() -> None:
    state = replace(OFF, session=None, ssh_ports=frozenset())
    with pytest.raises(RefusedError, match=r"declare it in Firewall\(ssh_port=\.\.\.\)"):
        work(firewall(), (), state)
    assert work(firewall(ssh_port=22), (), state).add


def test_the_kernels_lines() -> None:
    assert Rule(4, "tcp", "443", "0.0.0.0/0").live == (
        "-A ufw-user-input -p tcp -m tcp --dport 443 -j ACCEPT"
    )
    assert Rule(6, "udp", "8000:8010", "2001:db8::/32").live == (
        "-A ufw6-user-input -s 2001:db8::/32 -p udp -m multiport --dports 8000:8010 -j ACCEPT"
    )
    assert on_disk(Rule(4, "tcp", "1", "0.0.0.0/0")).family == 4
