"""Connections to one gateway's address for `requests`: opened by a way, with TLS of our choice.

Relies on urllib3 2.x: `_new_conn` of a connection opens the socket that TLS is then spoken on, and
a pool takes an `ssl_context` and an `assert_fingerprint`.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from pyinfra_ollama.verifier.outside.way import Way

__all__ = ["CONNECT_SECONDS", "Adapter", "Place", "Trust", "bracketed"]

CONNECT_SECONDS = 5.0


def bracketed(name: str) -> str:
    """A name or address as URLs have it."""
    return f"[{name}]" if ":" in name else name


@dataclass(frozen=True)
class Place:
    """Where a gateway is looked at: `name` is what clients would write, for TLS and Host."""

    address: str
    port: int
    name: str

    def __str__(self) -> str:
        return (
            f"[{self.address}]:{self.port}"
            if ":" in self.address
            else f"{self.address}:{self.port}"
        )


@dataclass(frozen=True)
class Trust:
    """How it is known that the answer is the gateway's: by a chain, or by this very certificate."""

    context: ssl.SSLContext
    pinned: str | None = None


def _made(way: Way, place: Place, trust: Trust | None) -> HTTPConnectionPool:
    def connect(seconds: float) -> socket.socket:
        return way.open(place.address, place.port, seconds)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(CONNECT_SECONDS)

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(CONNECT_SECONDS)

    name = place.name
    if trust is None:
        plain = HTTPConnectionPool(name, place.port, maxsize=way.at_once, block=True)
        plain.ConnectionCls = Plain
        return plain
    more: dict[str, Any] = {"ssl_context": trust.context}
    if trust.pinned:
        more |= {"assert_fingerprint": trust.pinned, "assert_hostname": False}
    pool = HTTPSConnectionPool(name, place.port, maxsize=way.at_once, block=True, **more)
    pool.ConnectionCls = Tls
    return pool


class Adapter(HTTPAdapter):
    """Sends everything through one pool, whose TLS is set up already.

    + trust: None for plain HTTP
    """

    def __init__(self, way: Way, place: Place, trust: Trust | None) -> None:
        super().__init__()
        self._pool = _made(way, place, trust)

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Left out: requests would replace what the pool trusts."""

    def close(self) -> None:
        self._pool.close()
        super().close()
