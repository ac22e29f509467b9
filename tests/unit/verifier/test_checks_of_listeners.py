"""`listeners` and `outside`: equality of sets, not membership."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfra_ollama.settings import HostSettings, Ollama, load
from pyinfra_ollama.verifier.answers import Probe, Socket
from pyinfra_ollama.verifier.checks.listeners import Outside, is_listening, listeners, outside
from pyinfra_ollama.verifier.outside.way import Direct
from pyinfra_ollama.verifier.reach import is_let_in

from .examples import GOOD, runner, settings, socket

SSHD = socket("0.0.0.0", 22, 7, "sshd")
OLLAMA = socket("127.0.0.1", 11434)


def with_sockets(*sockets: Socket) -> Probe:
    return replace(GOOD, sockets=(*sockets, SSHD))


def listening_on(host: str) -> HostSettings:
    return settings(ollama=Ollama(host=host, allow_non_loopback=True))


def test_the_declared_set_is_good() -> None:
    result = listeners(settings(), GOOD)
    assert result.status == "pass"
    assert result.details == {"runners": 2}
    assert "sshd" not in result.found


def test_no_runner_yet_is_good() -> None:
    assert listeners(settings(), with_sockets(OLLAMA)).status == "pass"


@pytest.mark.parametrize(
    "sockets",
    [
        pytest.param((socket("0.0.0.0", 11434),), id="all of IPv4"),
        pytest.param((socket("*", 11434),), id="all of both"),
        pytest.param((socket("::", 11434),), id="all of IPv6"),
        pytest.param((socket("10.0.0.5", 11434),), id="its own address"),
        pytest.param((OLLAMA, socket("10.0.0.5", 11434)), id="an address more"),
        pytest.param((OLLAMA, socket("127.0.0.1", 11435)), id="a loopback port more"),
        pytest.param((OLLAMA, socket("0.0.0.0", 80, 300)), id="a server by hand"),
        pytest.param((OLLAMA, socket("127.0.0.1", 8, 101, "nc")), id="a stranger in the cgroup"),
        pytest.param((OLLAMA, runner(40001, 101, "0.0.0.0")), id="an open runner"),
        pytest.param((OLLAMA, runner(40001, 101), runner(40002, 101)), id="a runner on two ports"),
        pytest.param((runner(40001, 101),), id="runners alone"),
        pytest.param((), id="nothing at all"),
    ],
)
def test_anything_else_is_red(sockets: tuple[Socket, ...]) -> None:
    assert listeners(settings(), with_sockets(*sockets)).status == "fail"


def test_a_udp_socket_of_a_runner_is_red() -> None:
    udp = replace(runner(40003, 101), protocol="udp")
    assert listeners(settings(), with_sockets(OLLAMA, udp)).status == "fail"


def test_an_orphaned_runner_is_red_and_another_programs_server_is_not() -> None:
    orphan = runner(9000, 500)
    files = {500: "/opt/ollama/releases/0.33.0/lib/ollama/llama-server"}
    probe = replace(with_sockets(OLLAMA, orphan), executables=files)
    assert listeners(settings(), probe).status == "fail"
    other = replace(probe, executables={500: "/srv/llama.cpp/llama-server"})
    assert listeners(settings(), other).status == "pass"


def test_exposure_is_said_in_plain_words() -> None:
    result = listeners(settings(), with_sockets(socket("*", 11434)))
    assert result.found == "ollama *:11434; open to other machines: ollama *:11434"


def test_down_with_nothing_left_is_skipped_and_with_a_stray_red() -> None:
    down = replace(GOOD, members=frozenset(), sockets=(SSHD,))
    assert listeners(settings(), down).status == "skipped"
    for port in (11434, 11999):
        stray = replace(down, sockets=(SSHD, socket("127.0.0.1", port, 300)))
        assert listeners(settings(), stray).status == "fail"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("::1", "::1"),
        ("10.0.0.5", "10.0.0.5"),
        ("0.0.0.0", "*"),
        ("0.0.0.0", "0.0.0.0"),
        ("::", "*"),
    ],
)
def test_other_declared_addresses(host: str, address: str) -> None:
    assert listeners(listening_on(host), with_sockets(socket(address, 11434))).status == "pass"


def test_sockets_that_could_not_be_read_are_unknown() -> None:
    silent = Probe(problems={"sockets": "the command ended with status 127"})
    result = listeners(settings(), silent)
    assert result.status == "unknown"
    assert result.found == "sockets: the command ended with status 127"
    assert is_listening(settings(), silent) is None


@pytest.mark.parametrize(
    ("address", "listening"),
    [("127.0.0.1", True), ("*", True), ("0.0.0.0", True), ("10.0.0.5", False)],
)
def test_whether_the_declared_address_is_served(address: str, listening: bool) -> None:
    assert is_listening(settings(), with_sockets(socket(address, 11434))) is listening


CLOSED = Outside("10.0.0.5", 11434, accepts=False, said="does not answer: connection refused")
OPEN = Outside("10.0.0.5", 11434, accepts=True, said="answers with 0.33.0", version="0.33.0")


@pytest.mark.parametrize(
    ("host", "seen", "red", "status"),
    [
        ("127.0.0.1", CLOSED, (), "pass"),
        ("127.0.0.1", OPEN, (), "fail"),
        ("127.0.0.1", OPEN, ("listeners",), "warn"),
        ("127.0.0.1", None, (), "skipped"),
        ("10.0.0.5", OPEN, (), "pass"),
        ("10.0.0.5", CLOSED, (), "fail"),
        ("10.0.0.5", replace(OPEN, version="0.32.15"), (), "fail"),
        ("10.0.0.5", replace(OPEN, version="0.32.15"), ("version",), "warn"),
    ],
)
def test_outside(host: str, seen: Outside | None, red: tuple[str, ...], status: str) -> None:
    assert outside(listening_on(host), seen, red).status == status


@pytest.mark.parametrize(
    ("seen", "let_in", "red", "status"),
    [
        (CLOSED, False, (), "pass"),
        (OPEN, False, (), "fail"),
        (OPEN, False, ("firewall",), "warn"),
        (OPEN, True, (), "pass"),
        (CLOSED, True, (), "fail"),
        (OPEN, None, (), "skipped"),
    ],
)
def test_outside_of_a_firewall(
    seen: Outside, let_in: bool | None, red: tuple[str, ...], status: str
) -> None:
    assert outside(listening_on("10.0.0.5"), seen, red, let_in=let_in).status == status


@pytest.mark.parametrize(
    ("networks", "source", "let_in"),
    [
        (["10.0.0.0/8"], "10.0.0.1", True),
        (["10.0.0.0/8"], "192.168.0.1", False),
        (["10.0.0.0/8", "192.168.0.1"], "192.168.0.1", True),
        (["10.0.0.0/8"], None, None),
    ],
)
def test_whom_the_declared_firewall_lets_in(
    networks: list[str], source: str | None, let_in: bool | None
) -> None:
    class Somewhere(Direct):
        def source(self, address: str) -> str | None:
            return source

    ollama = Ollama(host="10.0.0.5", allow_non_loopback=True)
    allow = [{"port": 443}, {"port": 11434, "networks": networks}]
    data = {"ollama": ollama, "firewall": {"allow": allow}}
    declared = load([("web1", data)])["web1"]
    server = declared.server
    assert server
    assert is_let_in(declared, server, OPEN, Somewhere()) is let_in
    assert is_let_in(replace(declared, firewall=None), server, OPEN, Somewhere()) is True
