"""Ways to a gateway's address: from this machine, or from another host of the inventory.

From another host the SSH server there connects (`direct-tcpip`, or bash where that is forbidden),
and the bytes are carried as they are: TLS ends here, so no key ever reaches that host in clear.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Protocol

import gevent  # type: ignore[import-untyped]
from paramiko import Channel, SSHException, Transport

from pyinfra_ollama.channels import (
    ChannelSocket,
    NotOpenedError,
    Socket,
    open_direct,
    open_forward,
    open_pipe,
)
from pyinfra_ollama.engine import HostError

__all__ = ["Direct", "Through", "Way"]

_AT_ONCE = 65536


class Way(Protocol):
    """Opens connections; `name` says from where, empty for this machine.

    `open` raises `HostError` when it is the way itself that is broken, so that nothing is known
    about the gateway.
    """

    @property
    def name(self) -> str: ...

    @property
    def at_once(self) -> int:
        """How many connections there may be at a time."""

    def open(self, address: str, port: int, seconds: float) -> socket.socket:
        """A connection. Raises `NotOpenedError`."""

    def source(self, address: str) -> str | None:
        """The address that connections to another come from, where it is known."""


class Direct:
    """From this machine, without SSH."""

    name = ""
    at_once = 16

    def open(self, address: str, port: int, seconds: float) -> socket.socket:
        made = open_direct(address, port, seconds)
        assert isinstance(made, socket.socket)
        return made

    def source(self, address: str) -> str | None:
        try:
            family = socket.getaddrinfo(address, 9, type=socket.SOCK_DGRAM)[0][0]
            with socket.socket(family, socket.SOCK_DGRAM) as made:
                # Sends nothing: it only has the kernel choose.
                made.connect((address, 9))
                return str(made.getsockname()[0])
        except OSError:
            return None


class Through:
    """From a host, over an SSH connection to it.

    + name: the host's name
    + transport: the connection, which the caller keeps
    """

    def __init__(self, name: str, transport: Transport) -> None:
        self.name = name
        self._transport = transport
        self._forbidden = False

    @property
    def at_once(self) -> int:
        # OpenSSH runs no more than ten commands in a connection (MaxSessions).
        return 6 if self._forbidden else 16

    def open(self, address: str, port: int, seconds: float) -> socket.socket:
        try:
            return _as_socket(self._opened(address, port, seconds), seconds)
        except NotOpenedError as error:
            if error.kind in ("broken", "forbidden"):
                raise HostError(f"there is no way from {self.name}: {error}") from None
            raise

    def source(self, address: str) -> str | None:
        try:
            return str(self._transport.getpeername()[0])
        except (OSError, EOFError):
            return None

    def _opened(self, address: str, port: int, seconds: float) -> Socket:
        if not self._forbidden:
            try:
                return open_forward(self._transport, address, port, seconds)
            except NotOpenedError as error:
                if error.kind != "forbidden":
                    raise
                self._forbidden = True
        return open_pipe(self._transport, address, port, seconds)


def _as_socket(made: Socket, seconds: float) -> socket.socket:
    """A real socket, as TLS needs one, whose bytes go through the channel and come from it."""
    if not isinstance(made, ChannelSocket):
        return made
    channel = made.channel
    channel.settimeout(None)
    ours, theirs = socket.socketpair()
    ours.settimeout(seconds)
    gevent.spawn(_there, theirs, channel)
    gevent.spawn(_back, channel, theirs)
    return ours


def _there(near: socket.socket, channel: Channel) -> None:
    with suppress(OSError, SSHException, EOFError):
        while data := near.recv(_AT_ONCE):
            channel.sendall(data)
    # The other end has hung up: nobody waits for an answer either.
    with suppress(OSError, SSHException, EOFError):
        channel.close()


def _back(channel: Channel, near: socket.socket) -> None:
    with suppress(OSError, SSHException, EOFError):
        while data := channel.recv(_AT_ONCE):
            near.sendall(data)
    with suppress(OSError):
        near.shutdown(socket.SHUT_RDWR)
    near.close()
