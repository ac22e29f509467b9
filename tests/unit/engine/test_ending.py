"""A host that goes just as something is asked of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import paramiko
import pytest

from pyinfra_ollama.engine.ending import Transport


class Leaving(paramiko.ServerInterface):
    """A server that ends the connection instead of answering."""

    def __init__(self, transport: paramiko.Transport) -> None:
        self.transport = transport

    def check_auth_none(self, username: str) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self.transport.sock.close()
        return paramiko.OPEN_SUCCEEDED


@pytest.fixture
def ours() -> Iterator[socket.socket]:
    """Our end of a connection to such a server."""
    one, other = socket.socketpair()
    server = paramiko.Transport(other)
    server.add_server_key(paramiko.ECDSAKey.generate())
    server.start_server(server=Leaving(server), event=threading.Event())
    yield one
    server.close()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param(Transport, paramiko.SSHException, id="ours"),
        # Should this change, `engine.ending` may go.
        pytest.param(paramiko.Transport, EOFError, id="paramiko's own"),
    ],
)
def test_it_is_told_as_pyinfra_expects(
    ours: socket.socket, kind: type[paramiko.Transport], said: type[Exception]
) -> None:
    client = kind(ours)
    try:
        client.start_client(timeout=10)
        client.auth_none("anybody")
        with pytest.raises(said):
            client.open_session(timeout=10)
    finally:
        client.close()
