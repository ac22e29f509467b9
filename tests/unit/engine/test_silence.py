"""Whether an ssh server still answers, asked of paramiko's own server over a pair of sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from paramiko import AUTH_SUCCESSFUL, ECDSAKey, ServerInterface, Transport

from pyinfra_ollama.engine.silence import watch


class Server(ServerInterface):
    """Answers questions, or keeps them until the test is over."""

    def __init__(self, *, hangs: bool) -> None:
        self.asked: list[str] = []
        self.over = threading.Event()
        if not hangs:
            self.over.set()

    def check_auth_none(self, username: str) -> int:
        return AUTH_SUCCESSFUL

    def check_global_request(self, kind: str, msg: object) -> bool:
        self.asked.append(kind)
        self.over.wait(10)
        return False


@contextmanager
def connected(server: Server) -> Iterator[Transport]:
    """A client's connection to it."""
    ours, theirs = socket.socketpair()
    listening, client = Transport(theirs), Transport(ours)
    listening.add_server_key(ECDSAKey.generate())
    try:
        listening.start_server(event=threading.Event(), server=server)
        client.start_client(timeout=10)
        client.auth_none("anybody")
        yield client
    finally:
        server.over.set()
        client.close()
        listening.close()


def test_a_server_that_refuses_to_answer_the_question_is_alive() -> None:
    server = Server(hangs=False)
    with connected(server) as client:
        watching = threading.Thread(target=watch, args=(client,), kwargs={"every": 0.01})
        watching.start()
        while len(server.asked) < 3:
            watching.join(0.01)
        assert client.is_active()
        client.close()
        watching.join(10)
        assert not watching.is_alive()


def test_a_server_that_no_longer_answers_is_hung_up_on() -> None:
    server = Server(hangs=True)
    with connected(server) as client:
        watch(client, every=0.01, patience=0.2)
        assert not client.is_active()
    assert server.asked == ["keepalive@openssh.com"]
