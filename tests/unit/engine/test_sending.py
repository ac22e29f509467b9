"""What is sent to a host leaves at once, as the kernel sees it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from paramiko import SSHException, Transport
from pyinfra.connectors.sshuserclient.client import SSHClient

from pyinfra_ollama.engine import sending


def connected(monkeypatch: pytest.MonkeyPatch, connect: Callable[..., Any]) -> bool:
    """Whether the socket of a connection that was made this way sends at once."""

    def enough(*_: object, **__: object) -> None:
        raise SSHException("enough")

    monkeypatch.setattr(Transport, "start_client", enough)
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = SSHClient()
        with pytest.raises(SSHException, match="enough"):
            connect(client, "127.0.0.1", port=server.getsockname()[1])
        with client.get_transport().sock as sock:  # type: ignore[union-attr]
            return bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_a_connection_sends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connected(monkeypatch, SSHClient.connect)


def test_pyinfras_own_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should it begin to, `engine.sending` may go."""
    assert not connected(monkeypatch, sending._pyinfra_connect)


def test_what_leads_through_a_jump_host_is_left_alone() -> None:
    """There the connection's way is a channel, or the pipes of a command."""

    class Channel:
        def settimeout(self, _: float) -> None: ...

    way = Channel()
    assert sending._transport(way).sock is way
    one, other = socket.socketpair()
    with one, other:
        assert sending._transport(one).sock is one
