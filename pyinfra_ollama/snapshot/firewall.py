"""Parse what is said about the firewall (scripts/snapshot-firewall.sh).

Outside behaviour relied on (ufw 0.36.2 on Debian 12, iptables 1.8.9, 2026-11): a rule stands in
/etc/ufw/user.rules (IPv6: user6.rules) below a line "### tuple ### ACTION PROTOCOL PORT TO
FROM-PORT FROM [APP APP] DIRECTION [comment=HEX]"; the kernel's chains are ufw-user-input and
ufw6-user-input, one line of `iptables -S` for each line of the file.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from pyinfra_ollama.snapshot.filtering import Chain, Family, FirewallState, UfwRule
from pyinfra_ollama.snapshot.lines import many, pairs

_TUPLE = "### tuple ### "
_ANY = {4: "0.0.0.0/0", 6: "::/0"}


def firewall_state(sections: Mapping[str, list[str]]) -> FirewallState:
    """What was said about the firewall."""
    basics = pairs(sections["firewall"])
    written = sections["firewall-rules"]
    session = pairs(sections["firewall-ssh"])["session"].split()
    return FirewallState(
        installed=basics.get("ufw") == "yes",
        enabled=_word(basics, "ENABLED").lower() == "yes",
        at_boot=basics.get("boot") == "yes",
        ipv6=_word(basics, "IPV6").lower() == "yes",
        kernel_ipv6=basics.get("kernel6") == "yes",
        incoming=_word(basics, "DEFAULT_INPUT_POLICY"),
        pending=basics.get("pending") == "yes",
        rules=None if "unknown" in written else rules(written),
        lines={
            4: sum(line.startswith("-A ufw-user-input ") for line in written),
            6: sum(line.startswith("-A ufw6-user-input ") for line in written),
        },
        live=_live(sections["firewall-live"]),
        session=(session[0].partition("%")[0], int(session[3])) if len(session) == 4 else None,
        ssh_ports=frozenset(_ssh_ports(sections["firewall-ssh"])),
        docker="docker=yes" in sections["firewall-docker"],
        published=tuple(_published(sections["firewall-docker"])),
        rivals=tuple(many(sections["firewall"], "rival")),
    )


def _word(values: Mapping[str, str], key: str) -> str:
    return values.get(key, "").strip().strip("\"'")


def rules(lines: list[str]) -> tuple[UfwRule, ...]:
    """The rules in lines of ufw's files."""
    return tuple(_rule(line.removeprefix(_TUPLE)) for line in lines if line.startswith(_TUPLE))


def _rule(text: str) -> UfwRule:
    words = text.split()
    comment = ""
    if words[-1].startswith("comment="):
        comment = bytes.fromhex(words.pop().removeprefix("comment=")).decode(errors="replace")
    family: Family = 6 if any(":" in word and "." not in word for word in words[3:6:2]) else 4
    if len(words) == 7:
        action, protocol, port, to, from_port, source, direction = words
        anywhere = (to, from_port, direction) == (_ANY[family], "any", "in")
        if anywhere and action in ("allow", "deny", "reject", "limit"):
            network = str(ipaddress.ip_network(source, strict=False))
            return UfwRule(family, action, protocol, port, network, comment, True)
    return UfwRule(family, words[0], "", "", "", comment, False)


def _live(lines: list[str]) -> dict[int, Chain] | None:
    found: dict[int, Chain] = {}
    rows: list[str] = []
    for line in [*lines, "family="]:
        if line.startswith("family="):
            if rows:
                family = 6 if rows[0] == "ip6tables" else 4
                said = rows[1:]
                if "unknown" in said:
                    return None
                if "missing" not in said:
                    found[family] = _chain("ufw6" if family == 6 else "ufw", said)
            rows = [line.removeprefix("family=")]
        else:
            rows.append(line)
    return found


def _chain(prefix: str, lines: list[str]) -> Chain:
    before, user = f"{prefix}-before-input", f"{prefix}-user-input"
    hooks = {f"-A INPUT -j {before}", f"-A {before} -j {user}"}
    policy = [line.split()[2] for line in lines if line.startswith("-P INPUT ")]
    return Chain(
        policy=policy[0] if policy else "ACCEPT",
        hooked=hooks <= set(lines),
        user=tuple(line for line in lines if line.startswith(f"-A {user} ")),
    )


def _ssh_ports(lines: list[str]) -> list[int]:
    sockets = [line.split()[3] for line in many(lines, "listener")]
    ports = []
    for where in [*sockets, *many(lines, "configured")]:
        address, _, port = where.rpartition(":")
        name = address.strip("[]").partition("%")[0]
        if name in ("*", "") or not ipaddress.ip_address(name).is_loopback:
            ports.append(int(port))
    return ports


def _published(lines: list[str]) -> list[str]:
    found = []
    for line in lines:
        match = re.search(r"-p (\w+) .*--dports? ([\d:]+) .*-j DNAT", line)
        # What is published on loopback only comes from this machine.
        if match and " -d 127." not in line:
            found.append(f"{match[2]}/{match[1]}")
    return sorted(dict.fromkeys(found))
