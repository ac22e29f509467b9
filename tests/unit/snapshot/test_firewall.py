"""What a host says of its firewall: read whole, or unknown.

firewall.txt is what scripts/snapshot-firewall.sh printed on a Debian 12 host with ufw 0.36.2 and
rules of a person's own (2026-11); Docker's chain is of iptables 1.8.9, written by hand, and the
addresses of the session are changed.
"""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from pyinfra_ollama.snapshot import FirewallState, SnapshotError, parse

FOLDER = Path(__file__).parent
USUAL = (FOLDER / "converged.txt").read_text().splitlines()
LINES = (FOLDER / "firewall.txt").read_text().splitlines()


def asked(lines: list[str]) -> FirewallState:
    """The answer of a host with these lines about its firewall."""
    end = USUAL.index("@@pyinfra-ollama:end")
    found = parse([*USUAL[:end], *lines, *USUAL[end:]]).firewall
    assert found is not None
    return found


def changed(old: str, *new: str) -> FirewallState:
    """The answer with the lines that begin so replaced."""
    assert any(line.startswith(old) for line in LINES)
    at = next(number for number, line in enumerate(LINES) if line.startswith(old))
    kept = [line for line in LINES if not line.startswith(old)]
    return asked([*kept[:at], *new, *kept[at:]])


def test_a_host_with_rules_of_many_kinds() -> None:
    found = asked(LINES)
    assert (found.installed, found.enabled, found.at_boot, found.pending) == (
        True,
        True,
        True,
        False,
    )
    assert (found.ipv6, found.kernel_ipv6, found.incoming) == (True, True, "DROP")
    assert found.rules is not None
    told = [
        (rule.family, rule.action, rule.port, rule.network, rule.comment) for rule in found.rules
    ]
    assert told == [
        (4, "allow", "22", "0.0.0.0/0", "pyinfra-ollama: ssh"),
        (4, "allow", "8000:8100", "10.0.0.0/8", "pyinfra-ollama: x"),
        (4, "allow", "443", "0.0.0.0/0", ""),
        (4, "allow", "", "", ""),
        (4, "limit", "2222", "0.0.0.0/0", ""),
        (4, "deny", "", "", ""),
        (4, "allow", "", "", ""),
        (4, "route:allow", "", "", ""),
        (6, "allow", "22", "::/0", "pyinfra-ollama: ssh"),
        (6, "allow", "53", "2001:db8::/32", "pyinfra-ollama: x"),
    ]
    assert [rule.plain for rule in found.rules] == [bool(rule.port) for rule in found.rules]
    assert found.lines == {4: 9, 6: 2}
    assert found.live is not None
    assert {family: len(chain.user) for family, chain in found.live.items()} == {4: 9, 6: 2}
    assert all(chain.hooked and chain.policy == "DROP" for chain in found.live.values())
    assert found.session == ("192.0.2.1", 22)
    assert found.ssh_ports == {22, 2222}, "forwarded X11 on loopback is no way in"
    assert (found.docker, found.published) == (True, ("8080/tcp",))
    assert found.rivals == ()


def test_a_bare_host() -> None:
    found = asked(
        [
            "@@pyinfra-ollama:firewall",
            "kernel6=yes",
            "rival=nftables.service",
            "@@pyinfra-ollama:firewall-rules",
            "@@pyinfra-ollama:firewall-live",
            "family=iptables",
            "missing",
            "family=ip6tables",
            "missing",
            "@@pyinfra-ollama:firewall-docker",
            "@@pyinfra-ollama:firewall-ssh",
            "session=",
        ]
    )
    assert (found.installed, found.enabled, found.at_boot, found.ipv6) == (False,) * 4
    assert not found.docker
    assert (found.rules, found.live, found.session) == ((), {}, None)
    assert found.ssh_ports == frozenset()
    assert found.rivals == ("nftables.service",)


def test_not_asked() -> None:
    assert parse(USUAL).firewall is None


def test_what_could_not_be_read_is_unknown_not_empty() -> None:
    assert changed("### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", "unknown").rules is None
    assert changed("family=ip6tables", "family=ip6tables", "unknown").live is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("session=", "session=192.0.2.1 38740 192.0.2.11 ssh"),
        ("session=", ""),
        ("listener=", "listener=LISTEN"),
        ("listener=", 'listener=LISTEN 0 128 somewhere:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))'),
        ("configured=", "configured=0.0.0.0:"),
        ("### tuple ### limit", "### tuple ### allow tcp 80 0.0.0.0/0 any 10.0.0.0/99 in"),
        ("### tuple ### limit", "### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in comment=zz"),
        ("### tuple ### limit", "### tuple ### "),
    ],
)
def test_junk_is_refused(old: str, new: str) -> None:
    with pytest.raises(SnapshotError, match="could not be read"):
        changed(old, new)


@pytest.mark.parametrize(
    ("said", "enabled"),
    [("ENABLED=yes", True), ('ENABLED="YES"', True), ("ENABLED=no", False), ("ENABLED=", False)],
)
def test_enabled(said: str, enabled: bool) -> None:
    assert changed("ENABLED=", said).enabled is enabled


def test_ipv4_within_ipv6_and_zones() -> None:
    assert changed("session=", "session=fe80::1%eth0 1 fe80::2%eth0 22").session == ("fe80::1", 22)
    rules = changed("### tuple ### limit", "### tuple ### allow tcp 80 ::/0 any ::1 in").rules
    assert rules is not None
    assert (6, "80", "::1/128") in {(rule.family, rule.port, rule.network) for rule in rules}


def test_any_mangled_answer_is_read_or_refused() -> None:
    dice = random.Random(5)
    for _ in range(1000):
        lines = list(LINES)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(1, len(lines))
            lines[at : at + 1] = dice.choice(
                [
                    [],
                    [lines[at]] * 2,
                    [lines[at][: len(lines[at]) // 2]],
                    ["|=|: \x1b"],
                    ["### tuple ### x"],
                ]
            )
        with suppress(SnapshotError):
            asked(lines)
