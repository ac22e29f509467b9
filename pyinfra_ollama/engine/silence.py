"""A host that falls silent in the middle of a run (power cut, network gone) is given up.

pyinfra waits for a command's end without asking whether the host is still there, and TCP
itself never asks a peer that owes nothing: such a run would wait for ever.
"""

from __future__ import annotations

import socket

from pyinfra.api.host import Host

from pyinfra_ollama.engine.connection import HostError, ssh_transport

__all__ = ["SILENCE_SECONDS", "give_up_on_silence"]

# Our choice: longer than a network's hiccup, shorter than a person's patience. ssh clients are
# often told ServerAliveInterval=15 with three tries, which is about as much.
ASK_EVERY_SECONDS = 10
SILENCE_SECONDS = 30


def give_up_on_silence(host: Host) -> None:
    """Have the connection of a host end once it left what was sent unanswered for 30 s.

    Commands that wait for the host then fail, on that host alone. Does nothing where there is
    no SSH connection of our own (@local, a jump host).
    """
    try:
        transport = ssh_transport(host)
    except HostError:
        return
    if transport is None:
        return
    transport.set_keepalive(ASK_EVERY_SECONDS)
    if isinstance(transport.sock, socket.socket) and hasattr(socket, "TCP_USER_TIMEOUT"):
        patience = SILENCE_SECONDS * 1000
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)
