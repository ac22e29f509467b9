"""What is sent to a host leaves at once (TCP_NODELAY).

A command is several small messages. paramiko 4.0 leaves it to the system when they go, and that
holds each back until the host acknowledged the one before, up to 40 ms later.
"""

from __future__ import annotations

import socket
from typing import Any

from pyinfra.connectors.sshuserclient.client import SSHClient

from pyinfra_ollama.engine.ending import Transport

__all__ = ["install"]

_pyinfra_connect = SSHClient.connect


def install() -> None:
    """Have connections of SSH hosts, and of jump hosts before them, send at once."""
    setattr(SSHClient, _pyinfra_connect.__name__, _connect)


def _connect(self: SSHClient, hostname: str, **options: Any) -> None:
    options.setdefault("transport_factory", _transport)
    _pyinfra_connect(self, hostname, **options)  # type: ignore[no-untyped-call]


def _transport(sock: Any, **options: Any) -> Transport:
    # Behind a jump host there is a channel or a command's pipes instead of a socket.
    if isinstance(sock, socket.socket) and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(sock, **options)
