"""What a declaration lets in, written out: for the deployment and for the verifier."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from .firewall import Allow, Firewall, overlap

EVERYBODY = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Opening:
    """A port that is let in: `port` as ufw writes it; `networks`: None is everybody."""

    port: str
    protocol: str
    networks: tuple[str, ...] | None
    purpose: str


def openings(firewall: Firewall) -> tuple[Opening, ...]:
    """What the declaration itself opens; SSH is not among it."""
    return tuple(
        Opening(one.port, one.protocol, one.networks, one.note or f"{one.port}/{one.protocol}")
        for one in firewall.allow
    )


def exposed(firewall: Firewall, port: int) -> Allow | None:
    """The rule that lets everybody to a port of TCP, if there is one."""
    for one in firewall.allow:
        if one.protocol == "tcp" and overlap(one.port, str(port)) and _everybody(one.networks):
            return one
    return None


def _everybody(networks: tuple[str, ...] | None) -> bool:
    known = [ipaddress.ip_network(text) for text in networks or EVERYBODY]
    v4 = [one for one in known if isinstance(one, ipaddress.IPv4Network)]
    v6 = [one for one in known if isinstance(one, ipaddress.IPv6Network)]
    # Two halves are the whole.
    joined = [str(one) for one in ipaddress.collapse_addresses(v4)]
    joined += [str(one) for one in ipaddress.collapse_addresses(v6)]
    return not set(EVERYBODY).isdisjoint(joined)
