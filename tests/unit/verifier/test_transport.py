"""HTTP to a host, with pyinfra's @local connector; over SSH it is tried on the fleet."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import requests
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.transport import RefusedError, TimedOutError, TransportError, session


@pytest.fixture
def local(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.chdir(str(tmp_path))
    fleet = engine.open_fleet(engine.Options("@local"))
    engine.connect(fleet.hosts[0])
    return fleet.hosts[0]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def answering(listener: socket.socket, *parts: bytes) -> threading.Thread:
    """Take one connection, answer it and close it."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            for part in parts:
                connection.sendall(part)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_a_stream_line_by_line(local: Host, listener: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    thread = answering(listener, head, b"4\r\n{1}\n\r\n", b"4\r\n{2}\n\r\n", b"0\r\n\r\n")
    with (
        session(local, url(listener)) as made,
        made.get(f"{url(listener)}/api/pull", stream=True, timeout=(5, 5)) as response,
    ):
        assert list(response.iter_lines()) == [b"{1}", b"{2}"]
    thread.join()


def test_a_closed_port_is_refused_in_one_line(local: Host, listener: socket.socket) -> None:
    address = url(listener)
    listener.close()
    with session(local, address) as made, pytest.raises(RefusedError) as refused:
        made.get(address, timeout=(5, 5))
    name = address.removeprefix("http://")
    assert str(refused.value) == f"@local: no answer from {name} on the host: connection refused"
    assert isinstance(refused.value, requests.ConnectionError)


def test_silence_is_a_timeout(local: Host, listener: socket.socket) -> None:
    with (
        session(local, url(listener)) as made,
        pytest.raises(TimedOutError, match=r"within 0\.2 s"),
    ):
        made.get(url(listener), timeout=(5, 0.2))


def test_an_answer_that_ends_early(local: Host, listener: socket.socket) -> None:
    thread = answering(listener)
    with session(local, url(listener)) as made, pytest.raises(TransportError, match="ended before"):
        made.get(url(listener), timeout=(5, 5))
    thread.join()


def test_proxies_of_the_environment_are_not_used(
    local: Host, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    thread = answering(listener, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    with session(local, url(listener)) as made:
        assert made.get(url(listener), timeout=(5, 5)).text == "hi"
    thread.join()


def test_the_host_header_names_address_and_port(local: Host, listener: socket.socket) -> None:
    heard: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            heard.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    with session(local, url(listener)) as made:
        made.get(url(listener), timeout=(5, 5))
    thread.join()
    expected = f"Host: {url(listener).removeprefix('http://')}\r\n"
    assert expected.encode() in heard[0]


@pytest.mark.parametrize("address", ["https://127.0.0.1:11434", "127.0.0.1:11434", "http://"])
def test_other_addresses_are_refused(local: Host, address: str) -> None:
    with pytest.raises(ValueError, match="is no http:// address"):
        session(local, address)
