"""A host that falls silent in the middle of a run (power cut, network gone, hung) is given up.

pyinfra waits for a command's end without asking whether the host is still there. TCP itself never
asks a peer that owes nothing, and answers for a host on which nothing runs any more; paramiko's
keepalive asks for no reply. Such runs would wait for ever, and with them all other hosts.
"""

from __future__ import annotations

import socket
from weakref import WeakSet

import gevent  # type: ignore[import-untyped]
from paramiko import SSHException, Transport
from pyinfra.api.host import Host

from pyinfra_ollama.engine.connection import HostError, ssh_transport

__all__ = ["ANSWER_SECONDS", "SILENCE_SECONDS", "give_up_on_silence", "watch"]

# Our choice: longer than a network's hiccup, shorter than a person's patience.
ASK_EVERY_SECONDS = 10
SILENCE_SECONDS = 30
# A busy host may take longer to answer than its kernel: what ssh clients allow that are told
# ServerAliveInterval=15 with three tries.
ANSWER_SECONDS = 45

_watched: WeakSet[Transport] = WeakSet()


def give_up_on_silence(host: Host) -> None:
    """Have the connection of a host end once the host no longer answers.

    Its kernel has 30 s for what was sent, its ssh server 45 s for a question that is put every
    ten. Commands that wait for the host then fail, on that host alone. Does nothing where there
    is no SSH connection of our own (@local, a jump host); twice is once.
    """
    try:
        transport = ssh_transport(host)
    except HostError:
        return
    if transport is None or transport in _watched:
        return
    _watched.add(transport)
    gevent.spawn(watch, transport)
    if isinstance(transport.sock, socket.socket) and hasattr(socket, "TCP_USER_TIMEOUT"):
        patience = SILENCE_SECONDS * 1000
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)


def watch(
    transport: Transport, *, every: float = ASK_EVERY_SECONDS, patience: float = ANSWER_SECONDS
) -> None:
    """Ask the ssh server again and again; close the connection when an answer stays away."""
    while transport.is_active():
        gevent.sleep(every)
        answered = False
        with gevent.Timeout(patience, False):
            try:
                # Servers refuse what they do not know, and that is an answer (RFC 4254, 4).
                transport.global_request("keepalive@openssh.com", wait=True)
            except (SSHException, OSError, EOFError):
                return
            answered = True
        if not answered:
            transport.close()
