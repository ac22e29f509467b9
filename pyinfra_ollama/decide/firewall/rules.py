"""The rules that a host must have."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Firewall, Opening, openings
from pyinfra_ollama.snapshot import FirewallState, UfwRule

# What ufw shows beside a rule, and how this package knows its own again.
MARK = "pyinfra-ollama"
Key = tuple[int, str, str, str]
ANY = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class Rule:
    """One thing that is let in, of one family; `network` is written out, also for everybody."""

    family: int
    protocol: str
    port: str
    network: str
    comment: str = ""

    @property
    def key(self) -> Key:
        """What makes two rules the same to ufw."""
        return (self.family, self.protocol, self.port, self.network)

    @property
    def text(self) -> str:
        """For people: `443/tcp from 10.0.0.0/8`."""
        anywhere = self.network == ANY[self.family]
        network = f"everywhere (IPv{self.family})" if anywhere else self.network
        return f"{self.port}/{self.protocol} from {network}"

    @property
    def live(self) -> str:
        """The line of `iptables -S` that the kernel then has (iptables 1.8.9)."""
        chain = "ufw6-user-input" if self.family == 6 else "ufw-user-input"
        source = "" if self.network == ANY[self.family] else f" -s {self.network}"
        match = "multiport --dports" if ":" in self.port else f"{self.protocol} --dport"
        return f"-A {chain}{source} -p {self.protocol} -m {match} {self.port} -j ACCEPT"


def ssh_ports(firewall: Firewall, state: FirewallState) -> tuple[int, ...]:
    """Where SSH comes in or is to come in: this very connection's port first.

    RefusedError when nothing tells, because then the next rule set would lock everybody out.
    """
    session = (state.session[1],) if state.session else ()
    declared = (firewall.ssh_port,) if firewall.ssh_port else ()
    ports = tuple(dict.fromkeys((*session, *sorted(state.ssh_ports), *declared)))
    if not ports:
        raise RefusedError(
            "no port is known on which SSH comes in, so a firewall could lock everybody out: "
            "declare it in Firewall(ssh_port=...)"
        )
    return ports


def wanted(firewall: Firewall, opened: Iterable[Opening], state: FirewallState) -> tuple[Rule, ...]:
    """The rules in the order in which they are made: SSH before anything else.

    + opened: what the host's own services need besides
    """
    ssh = (Opening(str(p), "tcp", firewall.ssh_networks, "ssh") for p in ssh_ports(firewall, state))
    rules: dict[Key, Rule] = {}
    for opening in (*ssh, *opened, *openings(firewall)):
        for rule in _written_out(opening):
            if rule.family == 4 or state.kernel_ipv6:
                rules.setdefault(rule.key, rule)
    return tuple(rules.values())


def _written_out(opening: Opening) -> Iterator[Rule]:
    comment = f"{MARK}: {opening.purpose}"
    for text in opening.networks or tuple(ANY.values()):
        network = ipaddress.ip_network(text)
        yield Rule(network.version, opening.protocol, opening.port, str(network), comment)


def is_ours(rule: UfwRule) -> bool:
    """Whether this package made a rule."""
    return rule.comment.startswith(f"{MARK}:")


def of_ufw(rule: UfwRule) -> Rule:
    """A plain rule of ufw's files."""
    return Rule(rule.family, rule.protocol, rule.port, rule.network, rule.comment)
