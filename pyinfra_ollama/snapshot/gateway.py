"""Parse what scripts/snapshot-gateway.sh says.

Outside behaviour relied on (looked at on Debian 12 and 13, 2026-11): `openssl x509 -startdate
-enddate -ext subjectAltName` prints `notAfter=Nov 20 14:00:00 2027 GMT` and one line of names,
`DNS:` and `IP Address:` before each; `ss -H -ltnp` a line for each listener.
"""

from __future__ import annotations

import ipaddress
from base64 import b64decode
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
class GatewayState:
    """nginx as systemd and its own status page see it.

    `logs`: mode and owner of their folder.
    that serve something else.
    """

    active: str
    enabled: str
    logs: str
    running: str | None
    listeners: tuple[str, ...]
    foreign: tuple[str, ...]
    certificate: CertificateState | None = None
    authority: str | None = None


def gateway_state(sections: Mapping[str, list[str]]) -> GatewayState | None:
    """The gateway's part of the answer; None when it was not asked for."""
    if "gateway" not in sections:
        return None
    lines = sections["gateway"]
    values = pairs(lines)
    return GatewayState(
        active=values.get("ActiveState", "unknown"),
        enabled=values.get("UnitFileState", ""),
        logs=values.get("Logs", ""),
        running=values.get("Running") or None,
        listeners=tuple(many(lines, "Listener")),
        foreign=tuple(many(lines, "Foreign")),
        certificate=_certificate(many(lines, "Certificate"), issued_here="Issued" in values),
        authority=b64decode(values["Authority"]).decode() if "Authority" in values else None,
    )


def _certificate(lines: list[str], *, issued_here: bool) -> CertificateState | None:
    dates = pairs(lines)
    if "notAfter" not in dates:
        return None
    names = next((line for line in lines if line.startswith(("DNS:", "IP Address:"))), "")
    return CertificateState(
        begins=_seconds(dates["notBefore"]),
        ends=_seconds(dates["notAfter"]),
        names=frozenset(_name(part.strip()) for part in names.split(",") if part),
        issued_here=issued_here,
    )


def _seconds(text: str) -> int:
    return int(datetime.strptime(text, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC).timestamp())


def _name(text: str) -> str:
    kind, _, name = text.partition(":")
    return str(ipaddress.ip_address(name)) if kind == "IP Address" else name
