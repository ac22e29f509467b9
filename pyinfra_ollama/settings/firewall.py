"""The firewall: which ports of a host are let in, and from where.

Only what comes in is decided here: ufw denies the rest, on IPv4 and IPv6. SSH is let in on the
ports that are in use, which only the host knows, so no rule has to be declared for it.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator

from .base import UNNAMED, Setting, refusal, setting
from .kinds import shaped

_PORTS = re.compile(r"([1-9][0-9]{0,4})(?::([1-9][0-9]{0,4}))?")
_PORT_SHAPE = "a port such as 443, or a range of ports such as '8000:8010', from 1 to 65535"
_NETWORK_SHAPE = "an address or network such as '10.0.0.5', '10.0.0.0/8' or '2001:db8::/32'"


def _port(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535:
        return str(value)
    match = _PORTS.fullmatch(value) if isinstance(value, str) else None
    if match and int(match[1]) < int(match[2] or 65536) and int(match[2] or match[1]) <= 65535:
        return match[0]
    raise refusal(accepted=_PORT_SHAPE, remedy="write a whole number, or 'FIRST:LAST' in quotes")


def _network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise refusal(
            accepted=_NETWORK_SHAPE,
            remedy="write addresses, not names; one network per entry",
        ) from None
    if isinstance(network, ipaddress.IPv6Network) and (
        network.network_address.scope_id or network.network_address.ipv4_mapped
    ):
        raise refusal(
            accepted="a network without zone, and IPv4 in its own form",
            remedy="write a plain network such as '10.0.0.0/8'",
        )
    if "/" in value and ipaddress.ip_interface(value).ip != network.network_address:
        raise refusal(
            accepted=_NETWORK_SHAPE,
            remedy=f"write '{network}' for the network, or the address without '/' for one host",
        )
    return str(network)


def _somebody(value: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if value is not None and not value:
        raise refusal(
            accepted="at least one network, or None for everybody",
            remedy="name networks; an empty list would let nobody in",
        )
    return None if value is None else tuple(dict.fromkeys(value))


def overlap(one: str, other: str) -> bool:
    """Whether two ports or ranges of ports have a port in common."""
    first, last = _bounds(one)
    low, high = _bounds(other)
    return first <= high and low <= last


def _bounds(port: str) -> tuple[int, int]:
    first, _, last = port.partition(":")
    return int(first), int(last or first)


Port = Annotated[str, BeforeValidator(_port), WithJsonSchema({"type": "port or 'FIRST:LAST'"})]
"""Kept as ufw writes it: ``"443"`` or ``"8000:8010"``."""

Networks = Annotated[
    tuple[Annotated[str, AfterValidator(_network)], ...] | None, AfterValidator(_somebody)
]
"""Networks in their usual form; None is everybody."""


class Allow(Setting):
    """One port that is let in."""

    positional: ClassVar[tuple[str, ...]] = ("port",)
    moved: ClassVar[dict[str, str]] = {
        "ports": "one Allow(port) for each, or a range such as Allow('8000:8010')",
        "proto": "protocol='udp'",
        "source": "networks=['10.0.0.0/8']",
        "from_ip": "networks=['10.0.0.0/8']",
        "comment": "note='...'",
    }

    port: Port = Field(
        description="A port, or a range of ports in quotes.",
        json_schema_extra={"example": "443"},
    )
    protocol: Literal["tcp", "udp"] = setting("tcp", "Its protocol.", source="HTTP and SSH are TCP")
    networks: Networks = setting(
        None,
        "From where; None is from everywhere, by IPv4 and IPv6.",
        source="as `ufw allow PORT` does",
        example='["10.0.0.0/8"]',
    )
    note: Annotated[
        str,
        shaped(
            r"[A-Za-z0-9 ._/+-]{0,60}",
            "at most 60 letters, digits, spaces and . _ / + -",
            "write a short plain note",
        ),
    ] = setting("", "What it is for; ufw shows it.", source="then the port and protocol are shown")


class Firewall(Setting):
    """ufw denies what comes in and is not allowed; without this declaration it is left alone."""

    moved: ClassVar[dict[str, str]] = {
        "ports": "allow=[Allow(443)]",
        "rules": "allow=[Allow(443)]",
        "ssh_ports": "ssh_port=2222",
        UNNAMED: "allow=[Allow(443)]",
    }

    allow: tuple[Allow, ...] = setting(
        (),
        "What is let in besides SSH and what this package's own services need.",
        source="nothing is open that was not declared",
        example='[Allow(443), Allow(11434, networks=["10.0.0.0/8"])]',
    )
    ssh_networks: Networks = setting(
        None,
        "From where SSH is let in; None is from everywhere. It must hold the machine that deploys.",
        source="our choice because nobody is to be locked out",
        example='["10.0.0.0/8", "2001:db8::/32"]',
    )
    ssh_port: Annotated[int, Field(strict=True, ge=1, le=65535)] | None = setting(
        None,
        "One more port for SSH, before sshd is moved to it; the ports in use are always let in.",
        source="the ports in use are enough",
        example="2222",
    )

    @field_validator("allow")
    @classmethod
    def _each_port_once(cls, value: tuple[Allow, ...]) -> tuple[Allow, ...]:
        for position, one in enumerate(value):
            for other in value[:position]:
                if one.protocol == other.protocol and overlap(one.port, other.port):
                    raise refusal(
                        accepted="each port once",
                        remedy="put all its networks into one Allow(...)",
                        seen=f"[{position}] {one.port}/{one.protocol} beside "
                        f"{other.port}/{other.protocol}",
                    )
        return value
