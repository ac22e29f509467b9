"""Hosts with a firewall: as declared, off, with rules of a person's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pyinfra_ollama.decide.firewall.rules import ANY, Rule, wanted
from pyinfra_ollama.settings import Declared, Firewall
from pyinfra_ollama.snapshot import Chain, FirewallState, Snapshot, UfwRule

from .hosts import declaration, host

OFF = FirewallState(
    installed=True,
    enabled=False,
    at_boot=True,
    ipv6=True,
    kernel_ipv6=True,
    incoming="DROP",
    pending=False,
    rules=(),
    lines={4: 0, 6: 0},
    live={},
    session=("192.0.2.1", 22),
    ssh_ports=frozenset({22}),
    docker=False,
    published=(),
    rivals=(),
)


def settings(*allow: Any, **more: Any) -> Declared:
    """A host with these ports open: numbers, or fields of `Allow`."""
    rows = [{"port": one} if isinstance(one, int | str) else one for one in allow]
    return declaration(firewall={"allow": rows, **more})


def firewall(*allow: Any, **more: Any) -> Firewall:
    """Its declaration alone."""
    found = settings(*allow, **more).firewall
    assert found is not None
    return found


def own(
    action: str, port: str, network: str = "", *, comment: str = "", family: int = 4
) -> UfwRule:
    """A person's own rule for TCP."""
    network = network or ANY[family]
    return UfwRule(6 if family == 6 else 4, action, "tcp", port, network, comment, plain=True)


def on_disk(rule: Rule) -> UfwRule:
    """A declared rule as ufw keeps it."""
    family = 6 if rule.family == 6 else 4
    values = (rule.protocol, rule.port, rule.network, rule.comment)
    return UfwRule(family, "allow", *values, plain=True)


def filtering(rules: Iterable[UfwRule], base: FirewallState = OFF, **more: Any) -> FirewallState:
    """ufw on, with these rules on disk and in the kernel."""
    kept = tuple(rules)
    live, lines = {}, {}
    for family in (4, 6):
        ours = [rule for rule in kept if rule.family == family and rule.plain]
        user = tuple(
            Rule(r.family, r.protocol, r.port, r.network).live if r.action == "allow" else r.action
            for r in ours
        )
        live[family] = Chain(policy="DROP", hooked=True, user=user)
        lines[family] = len(user)
    return replace(base, **{"enabled": True, "rules": kept, "live": live, "lines": lines, **more})


def converged(declared: Declared, *others: UfwRule, **more: Any) -> FirewallState:
    """ufw as declared, with rules of a person's own before ours."""
    assert declared.firewall is not None
    rules = wanted(declared.firewall, (), OFF)
    return filtering([*others, *map(on_disk, rules)], **more)


def found(state: FirewallState | None, snapshot: Snapshot | None = None) -> Snapshot:
    """A host with this firewall, converged but for that."""
    snapshot = snapshot or host()
    packages = {**snapshot.packages.installed, "iptables": "1", "ufw": "1"}
    installed = replace(snapshot.packages, installed=packages)
    return replace(snapshot, firewall=state, packages=installed)
