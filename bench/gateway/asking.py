"""A client that asks once and says when the first word came; as plain as a client can be."""

from __future__ import annotations

import socket
import time

from bench.commands import BenchError
from lab.streaming import Door

TIMEOUT_SECONDS = 30


def connected(door: Door) -> socket.socket:
    """A new connection, its certificate checked where there is one."""
    plain = socket.create_connection((door.address, door.port), timeout=TIMEOUT_SECONDS)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if door.context is None:
        return plain
    return door.context.wrap_socket(plain, server_hostname=door.name)


def first_word(connection: socket.socket, door: Door, body: bytes) -> float:
    """The moment (time.perf_counter) of the first word; the answer is read to its end."""
    connection.sendall(door.request(body))
    received = connection.recv(65536)
    while b'"done":' not in received:
        received += _more(connection, received)
    arrived = time.perf_counter()
    if not received.startswith(b"HTTP/1.1 200"):
        raise BenchError(f"asked for words, answered: {received[:500]!r}")
    while not received.endswith(b"\r\n0\r\n\r\n"):
        received += _more(connection, received)
    return arrived


def status(door: Door, body: bytes) -> int:
    """What a request is answered with."""
    with connected(door) as connection:
        connection.sendall(door.request(body))
        return int(connection.recv(65536).split(b" ", 2)[1])


def on_kept(connection: socket.socket, door: Door, body: bytes) -> float:
    """Seconds to the first word over a connection that is there."""
    started = time.perf_counter()
    return first_word(connection, door, body) - started


def on_new(door: Door, body: bytes) -> float:
    """Seconds to the first word, with those for connecting."""
    started = time.perf_counter()
    with connected(door) as connection:
        return first_word(connection, door, body) - started


def _more(connection: socket.socket, received: bytes) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise BenchError(f"the answer broke off: {received[-500:]!r}")
    return part
