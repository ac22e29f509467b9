"""Looking through another host's SSH connection: the same answers, and none when it breaks."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from paramiko import ChannelException

from pyinfra_ollama.engine import HostError
from pyinfra_ollama.verifier.outside.way import Through

from .test_outside import looked


class FakeChannel:
    """A channel of SSH that is a plain connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address)

    def settimeout(self, _: float | None) -> None:
        """Ours waits as long as it takes."""

    def sendall(self, data: bytes) -> None:
        self._socket.sendall(data)

    def recv(self, size: int) -> bytes:
        return self._socket.recv(size)

    def close(self) -> None:
        self._socket.close()


class FakeTransport:
    """An SSH server that connects where it is told to."""

    def __init__(self) -> None:
        self.made: list[FakeChannel] = []

    def open_channel(
        self, kind: str, to: tuple[str, int], _: object, timeout: float
    ) -> FakeChannel:
        assert kind == "direct-tcpip"
        try:
            self.made.append(FakeChannel(to))
        except ConnectionRefusedError:
            raise ChannelException(2, "connect failed") from None
        return self.made[-1]


class Gone:
    """An SSH connection that is not there any more."""

    def open_channel(self, *_: object, **__: object) -> None:
        raise EOFError

    def open_session(self, *_: object, **__: object) -> None:
        raise EOFError


def test_the_same_from_another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transport: Any = FakeTransport()
    results = looked(tmp_path, monkeypatch, way=Through("web2", transport))
    assert {result.status for result in results.values()} == {"pass"}, results
    assert "from web2" in results["outside-ports"].found
    for channel in transport.made:
        channel.close()


def test_a_way_that_breaks_tells_nothing_about_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: Any = Gone()
    with pytest.raises(HostError, match="no way from web2: the SSH connection is gone"):
        looked(tmp_path, monkeypatch, way=Through("web2", gone))
