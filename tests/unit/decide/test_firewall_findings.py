"""What preflight says of a firewall, and what a plan foretells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfra_ollama.decide import preflight
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import FirewallState
from pyinfra_ollama.steps import Step

from .filtered import OFF, converged, found, own, settings
from .hosts import declaration
from .planning import plan, words
from .served import served


def rows(declared: Declared, state: FirewallState | None) -> list[Finding]:
    said = preflight.findings(declared, found(state), (), None)
    return [row for row in said if row.check in ("firewall", "docker")]


def test_nothing_is_said_of_a_good_host_or_without_a_declaration() -> None:
    assert rows(settings(443), converged(settings(443))) == []
    assert rows(settings(443), OFF) == []
    assert rows(declaration(), None) == []


@pytest.mark.parametrize(
    ("networks", "address", "left_out"),
    [
        (["10.0.0.0/8"], "192.0.2.1", "192.0.2.1"),
        (["192.0.2.0/24"], "192.0.2.1", ""),
        (["192.0.2.1"], "::ffff:192.0.2.1", ""),
        (["2001:db8::/32"], "2001:db8::7", ""),
        (["2001:db8::/32"], "fe80::1", "fe80::1"),
        (["0.0.0.0/0"], "2001:db8::7", "2001:db8::7"),
        (None, "192.0.2.1", ""),
    ],
)
def test_ssh_networks_must_hold_this_run(
    networks: list[str] | None, address: str, left_out: str
) -> None:
    said = rows(settings(ssh_networks=networks), replace(OFF, session=(address, 22)))
    assert bool(said) == bool(left_out)
    for row in said:
        assert row.level == "failure"
        assert row.seen == (
            f"this run comes from {left_out}, which firewall.ssh_networks does not hold"
        )
        assert f"add '{left_out}'" in row.remedy


def test_a_run_that_came_another_way_has_no_address() -> None:
    assert rows(settings(ssh_networks=["10.0.0.0/8"]), replace(OFF, session=None)) == []


def test_what_the_operation_would_refuse_is_refused_before_any_change() -> None:
    [row] = rows(settings(443), converged(settings(), own("deny", "443")))
    assert row.level == "failure"
    assert "'deny 443/tcp from everywhere (IPv4)'" in row.seen
    [row] = rows(settings(), replace(OFF, rules=None))
    assert (row.level, row.check) == ("failure", "firewall")


def test_another_firewall() -> None:
    [row] = rows(settings(), replace(OFF, rivals=("firewalld.service",)))
    assert (row.level, row.seen) == (
        "failure",
        "firewalld.service starts at boot, and two firewalls undo each other",
    )


@pytest.mark.parametrize(
    ("published", "words"),
    [((), "nothing is published now"), (("80/tcp", "53/udp"), "it lets in 80/tcp, 53/udp")],
)
def test_docker(published: tuple[str, ...], words: str) -> None:
    [row] = rows(settings(), replace(OFF, docker=True, published=published))
    assert (row.level, row.check) == ("warning", "docker")
    assert row.seen == f"ports that Docker publishes are open past ufw; {words}"


def test_a_plan() -> None:
    before = converged(settings(443), own("allow", "5555"))
    declaration = settings(80)
    snapshot = found(before, served(settings(443)))
    said = plan(declaration, snapshot)
    assert said.operations == (Step.FIREWALL, Step.VERIFY)
    assert words(said.changes)[:4] == [
        "allow 80/tcp from everywhere (IPv4) (pyinfra-ollama: 80/tcp)",
        "allow 80/tcp from everywhere (IPv6) (pyinfra-ollama: 80/tcp)",
        "remove 443/tcp from everywhere (IPv4) (pyinfra-ollama: 443/tcp)",
        "remove 443/tcp from everywhere (IPv6) (pyinfra-ollama: 443/tcp)",
    ]


def test_a_plan_says_why_ufw_is_switched_on_or_mended() -> None:
    snapshot = served(settings())
    off = plan(settings(), found(OFF, snapshot)).changes
    assert [(c.action, c.subject, c.why) for c in off if c.subject == "ufw"] == [
        ("enable", "ufw", ("ufw is not enabled",))
    ]
    half = converged(settings(), at_boot=False)
    mended = plan(settings(), found(half, snapshot))
    assert mended.operations == (Step.FIREWALL, Step.VERIFY)
    assert mended.changes[0].action == "mend"
    assert mended.changes[0].why == ("ufw does not start at boot",)
    assert plan(settings(), found(converged(settings()), snapshot)).changes == ()
