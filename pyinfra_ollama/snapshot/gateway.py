"""Parse what scripts/snapshot-gateway.sh says.

Outside behaviour relied on (looked at on Debian 12, 2026-11): `openssl x509 -startdate -enddate
-ext subjectAltName` prints `notAfter=Nov 20 14:00:00 2027 GMT` and one line of names, `DNS:` and
`IP Address:` before each; `ss -H -ltnp` one line for each listener.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pyinfra_ollama.snapshot.lines import many, pairs


@dataclass(frozen=True)
class CertificateState:
    """The certificate in place: seconds since the epoch, names and addresses.

    `issued_here`: the host's own authority made it.
    """

    begins: int
    ends: int
    names: frozenset[str]
    issued_here: bool


@dataclass(frozen=True)
class LineageState:
    """certbot's certificate: the hash of key and chain, whose it is, whether it is renewed."""

    sha256: str
    directory: str
    renewed: bool


@dataclass(frozen=True)
class GatewayState:
    """nginx as systemd and its own status page see it.

    `logs`, `log`: mode and owner of their folder and of that of requests. `running`: the hash of
    what it was started with, None when nothing answers. `foreign`: files that serve
    something else. `authority`: the public certificate of the host's own. `ipv6`: whether the
    kernel speaks it.
    """

    active: str
    enabled: str
    logs: str
    running: str | None
    listeners: tuple[str, ...]
    foreign: tuple[str, ...]
    certificate: CertificateState | None = None
    authority: str | None = None
    lineage: LineageState | None = None
    ipv6: bool = True
    log: str = ""


def gateway_state(sections: Mapping[str, list[str]]) -> GatewayState:
    """The gateway's part of the answer."""
    lines, authority = sections["gateway"], sections["authority"]
    values = pairs(lines)
    return GatewayState(
        active=values.get("ActiveState", "unknown"),
        enabled=values.get("UnitFileState", ""),
        logs=values.get("Logs", ""),
        log=values.get("Log", ""),
        running=values["Running"] or None,
        listeners=tuple(many(lines, "Listener")),
        foreign=tuple(many(lines, "Foreign")),
        certificate=_certificate(sections["certificate"]),
        authority="\n".join([*authority, ""]) if authority else None,
        lineage=_lineage(sections["certificate"]),
        ipv6="IPv6" in values,
    )


def _certificate(lines: list[str]) -> CertificateState | None:
    values = pairs(lines)
    if "notAfter" not in values:
        return None
    stripped = (line.strip() for line in lines)
    names = next((line for line in stripped if line.startswith(("DNS:", "IP Address:"))), "")
    return CertificateState(
        begins=_seconds(values["notBefore"]),
        ends=_seconds(values["notAfter"]),
        names=frozenset(_name(part.strip()) for part in names.split(",") if part),
        issued_here="issued" in values,
    )


def _lineage(lines: list[str]) -> LineageState | None:
    values = pairs(lines)
    if "lineage" not in values:
        return None
    return LineageState(
        sha256=values["lineage"].split()[0],
        directory=values.get("directory", ""),
        renewed=values["timer"] == "enabled",
    )


def _seconds(text: str) -> int:
    return int(datetime.strptime(text, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC).timestamp())


def _name(text: str) -> str:
    kind, _, name = text.partition(":")
    return str(ipaddress.ip_address(name)) if kind == "IP Address" else name
