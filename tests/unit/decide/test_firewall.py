"""Which rules come and go, which stay, what else differs, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pyinfra_ollama.decide.firewall import todo, work
from pyinfra_ollama.decide.firewall.rules import Rule
from pyinfra_ollama.decide.verified import fingerprint
from pyinfra_ollama.refusal import RefusedError

from .filtered import OFF, converged, filtering, firewall, found, own, settings
from .hosts import declaration
from .served import TEMPLATES, served


def told(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.text for rule in rules]


def test_as_declared() -> None:
    declared = settings(443, {"port": "8000:8010", "networks": ["10.0.0.0/8", "::1"]})
    done = todo(declared, found(converged(declared)))
    assert done is not None
    assert (done.add, done.remove, done.reasons, done.nothing) == ((), (), (), True)


def test_not_declared_and_not_said() -> None:
    assert todo(declaration(), found(None)) is None
    with pytest.raises(RefusedError, match="did not say"):
        todo(settings(), found(None))


def test_from_nothing() -> None:
    done = work(firewall(443), (), replace(OFF, at_boot=False, ipv6=False, incoming=""))
    assert done.arguments == (
        "allow|tcp|22|0.0.0.0/0|pyinfra-ollama: ssh",
        "allow|tcp|22|::/0|pyinfra-ollama: ssh",
        "allow|tcp|443|0.0.0.0/0|pyinfra-ollama: 443/tcp",
        "allow|tcp|443|::/0|pyinfra-ollama: 443/tcp",
    )
    assert done.reasons == ("ufw is not enabled",)


def test_ours_go_after_the_new_ones_came_and_a_persons_own_stay() -> None:
    kept = (
        own("allow", "5555", comment="mine"),
        own("deny", "9000", "192.0.2.9/32"),
        own("allow", "9001", comment="not pyinfra-ollama: but alike"),
    )
    done = work(firewall(80), (), converged(settings(443), *kept))
    assert done.arguments == (
        "allow|tcp|80|0.0.0.0/0|pyinfra-ollama: 80/tcp",
        "allow|tcp|80|::/0|pyinfra-ollama: 80/tcp",
        "delete|tcp|443|0.0.0.0/0|",
        "delete|tcp|443|::/0|",
    )
    assert done.reasons == ()


@pytest.mark.parametrize("action", ["allow", "limit"])
def test_a_persons_rule_that_lets_in_the_same_serves_and_is_never_removed(action: str) -> None:
    mine = own(action, "443")
    state = converged(settings(), mine)
    done = work(firewall(443), (), state)
    assert told(done.add) == ["443/tcp from everywhere (IPv6)"]
    assert work(firewall(), (), state).nothing


def test_one_family_is_missing() -> None:
    declared = settings(443)
    whole = converged(declared)
    state = filtering(rule for rule in whole.rules or () if (rule.family, rule.port) != (6, "443"))
    assert told(work(declared.firewall or firewall(), (), state).add) == [
        "443/tcp from everywhere (IPv6)"
    ]


def test_another_note_names_the_rule_anew() -> None:
    state = converged(settings({"port": 443, "note": "old"}))
    done = work(firewall({"port": 443, "note": "new"}), (), state)
    assert [rule.comment for rule in done.add] == ["pyinfra-ollama: new"] * 2
    assert done.remove == ()


@pytest.mark.parametrize("action", ["deny", "reject"])
def test_a_contradiction_is_refused(action: str) -> None:
    state = converged(settings(), own(action, "443"))
    with pytest.raises(RefusedError, match=f"'{action} 443/tcp from everywhere"):
        work(firewall(443), (), state)
    assert work(firewall(), (), state).nothing


@pytest.mark.parametrize("unread", ["rules", "live"])
def test_unknown_rules_are_refused(unread: str) -> None:
    with pytest.raises(RefusedError, match="could not be read"):
        work(firewall(), (), replace(converged(settings()), **{unread: None}))
    absent = replace(OFF, installed=False, live=None)
    assert work(firewall(), (), absent).add


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pending": True}, "an earlier change was not confirmed"),
        ({"enabled": False}, "ufw is not enabled"),
        ({"at_boot": False}, "ufw does not start at boot"),
        ({"incoming": "ACCEPT"}, "what comes in is not denied by default"),
        ({"incoming": ""}, "what comes in is not denied by default"),
        ({"ipv6": False}, "ufw leaves IPv6 out"),
        ({"lines": {4: 3, 6: 2}}, "the kernel does not filter as ufw's rules say"),
        ({"live": {}}, "the kernel does not filter as ufw's rules say"),
    ],
)
def test_what_else_differs(changed: dict[str, Any], reason: str) -> None:
    declared = settings(443)
    done = work(declared.firewall or firewall(), (), converged(declared, **changed))
    assert done.reasons == (reason,)
    assert (done.add, done.remove) == ((), ())


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize(
    "changed",
    [{"policy": "ACCEPT"}, {"hooked": False}, {"user": ()}, {"user": ("-A x -j DROP",) * 2}],
)
def test_a_kernel_that_filters_otherwise(family: int, changed: dict[str, Any]) -> None:
    declared = settings(443)
    state = converged(declared)
    live = dict(state.live or {})
    live[family] = replace(live[family], **changed)
    done = work(declared.firewall or firewall(), (), replace(state, live=live))
    assert done.reasons == ("the kernel does not filter as ufw's rules say",)


def test_reject_by_default_is_a_persons_choice() -> None:
    declared = settings()
    assert work(declared.firewall or firewall(), (), converged(declared, incoming="REJECT")).nothing


def test_the_verifier_looks_again_when_the_declaration_changed() -> None:
    one, two = settings(443), settings(80)
    snapshot = served(one)
    assert fingerprint(one, snapshot, TEMPLATES) != fingerprint(two, snapshot, TEMPLATES)
