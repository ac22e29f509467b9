"""One request that tries to get past a gateway, spelled to the byte."""

from __future__ import annotations

from dataclasses import dataclass

# What a handler does with a body is its own business: this one asks for nothing that exists.
BODY = b'{"model":"trick","name":"trick","source":"trick","destination":"tricked"}'


@dataclass(frozen=True)
class Trick:
    """Bytes to send; `honest`: requests among them that the gateway may hand on, as logged."""

    name: str
    sent: bytes
    honest: tuple[str, ...] = ()


def request(
    method: str,
    target: str | bytes,
    key: str,
    *,
    body: bytes = BODY,
    headers: tuple[str, ...] = (),
    version: str = "HTTP/1.1",
    length: bool = True,
    close: bool = True,
) -> bytes:
    """One request, spelled exactly so."""
    spelled = target if isinstance(target, bytes) else target.encode("latin-1")
    lines = [
        b"%s %s %s" % (method.encode(), spelled, version.encode()),
        b"Host: llm.example.com",
        b"Authorization: Bearer %s" % key.encode(),
        b"Content-Type: application/json",
        *([b"Content-Length: %d" % len(body)] if length else []),
        *(line.encode("latin-1") for line in headers),
        *([b"Connection: close"] if close else []),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
