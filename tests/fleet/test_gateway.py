"""The gateway of one host: who is let in, and what is said to the others."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.fleet.gatewaying import HOST, KEYS, MIB, NAME, PAGE, PASSWORD, Door, basic
from tests.fleet.harness import Fleet, wait_until


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        # without a key, and with one to look, to use and to administer
        ("GET", "/api/version", (401, 200, 200, 200)),
        ("HEAD", "/", (401, 200, 200, 200)),
        ("GET", "/v1/models", (401, 200, 200, 200)),
        ("POST", "/api/chat", (401, 403, 400, 400)),
        ("POST", "/v1/messages", (401, 403, 400, 400)),
        ("POST", "/api/show", (401, 403, 403, 400)),
        ("POST", "/api/copy", (401, 403, 403, 400)),
        ("DELETE", "/api/delete", (401, 403, 403, 400)),
        ("GET", "/api/chat", (405, 405, 405, 405)),
        ("POST", "/api/tags", (405, 405, 405, 405)),
        ("GET", "/api/status", (403, 403, 403, 403)),
        ("GET", "/metrics", (403, 403, 403, 403)),
    ],
)
def test_what_each_policy_may_do(
    door: Door, method: str, path: str, statuses: tuple[int, ...]
) -> None:
    body = b"" if method in ("GET", "HEAD") else b"{"
    said = [door.ask(method, path, key=key, body=body) for key in ("", "eye", "chat", "ops")]
    assert tuple(answer.status for answer in said) == statuses
    for answer in said:
        if answer.status in (401, 403, 405):
            assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "wrong",
    [KEYS["chat"].upper(), KEYS["chat"][:-1], KEYS["chat"] + "x", "x" + KEYS["chat"], ".*", ""],
)
def test_a_key_is_taken_whole_and_with_its_case(door: Door, wrong: str) -> None:
    assert door.ask("GET", "/api/version", Authorization=f"Bearer {wrong}").status == 401
    assert door.ask("GET", "/api/version", x_api_key=wrong).status == 401


def test_a_key_as_other_clients_send_it(door: Door) -> None:
    key = KEYS["chat"]
    assert door.ask("GET", "/api/version", x_api_key=key).status == 200
    assert door.ask("GET", "/api/version", Authorization=f"bearer  {key}").status == 200
    assert door.ask("GET", "/api/version", Authorization=f"Basic {key}").status == 401
    assert door.ask("GET", "/api/version", Authorization=key).status == 401
    # A client may have a dummy in one of the two.
    assert door.ask("GET", "/api/version", key="chat", x_api_key="dummy").status == 200


def test_a_user_with_a_password(door: Door) -> None:
    def status(name: str, password: str, path: str = "/api/version", **headers: str) -> int:
        return door.ask(
            "POST" if path == "/api/copy" else "GET",
            path,
            Authorization=basic(name, password),
            **headers,
        ).status

    assert status("ada", PASSWORD) == 200
    assert status("ada", PASSWORD, "/api/copy") == 401
    for name, password in (("ada", PASSWORD[:-1]), ("Ada", PASSWORD), ("bob", PASSWORD), ("", "")):
        assert status(name, password) == 401
    assert status("ada", PASSWORD, Origin="https://evil.example.com") == 403
    assert status("ada", PASSWORD, Origin=PAGE) == 200


def test_the_challenge_names_each_way(door: Door) -> None:
    received = door.raw(b"GET /api/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    challenges = [line for line in received.split(b"\r\n") if line.startswith(b"WWW-Authenticate")]
    assert challenges == [
        b'WWW-Authenticate: Basic realm="Ollama"',
        b'WWW-Authenticate: Bearer realm="Ollama"',
    ]


def test_errors_have_the_shape_that_each_kind_of_client_reads(door: Door) -> None:
    ollama = json.loads(door.ask("POST", "/api/chat", body=b"{}").body)
    openai = json.loads(door.ask("POST", "/v1/chat/completions", body=b"{}").body)
    anthropic = json.loads(door.ask("POST", "/v1/messages", body=b"{}").body)
    assert isinstance(ollama["error"], str)
    assert openai["error"]["message"] == anthropic["error"]["message"] == ollama["error"]
    assert anthropic["type"] == "error"
    assert anthropic["error"]["type"] == openai["error"]["type"] == "authentication_error"


def test_a_slow_key_is_told_to_wait_and_others_are_not(door: Door) -> None:
    said = [door.ask("GET", "/api/version", key="slow") for _ in range(8)]
    late = [answer for answer in said if answer.status == 429]
    assert said[0].status == 200
    assert late
    assert late[0].headers["retry-after"] == "1"
    assert "too many requests" in late[0].error
    assert door.ask("GET", "/api/version", key="chat").status == 200


def test_no_more_of_one_key_at_once_than_declared(door: Door) -> None:
    head = (
        f"POST /api/embed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEYS['ops']}"
        "\r\nContent-Length: 100\r\n\r\n{"
    ).encode()
    with ExitStack() as held:
        for _ in range(4):
            connection = held.enter_context(door.connect())
            connection.sendall(head)
        wait_until(
            "the fifth is refused", lambda: door.ask("GET", "/api/ps", key="ops").status == 429, 10
        )
        assert door.ask("GET", "/api/ps", key="chat").status == 200
    wait_until("it is free again", lambda: door.ask("GET", "/api/ps", key="ops").status == 200, 10)


def test_a_body_that_is_too_large(door: Door) -> None:
    said = door.ask("POST", "/api/chat", key="chat", body=b" " * (MIB + 1))
    assert (said.status, said.headers["content-type"]) == (413, "application/json")
    assert "larger" in said.error
    assert door.ask("POST", "/api/chat", key="chat", body=b" " * MIB).status == 400
    head = (
        f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: {KEYS['chat']}\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    ).encode()
    received = door.raw(head + b"10000\r\n" + b" " * 65536 + b"\r\n" * 1 + chunks(20))
    assert received.startswith(b"HTTP/1.1 413")
    assert b"request_too_large" in received


def chunks(count: int) -> bytes:
    return (b"10000\r\n" + b" " * 65536 + b"\r\n") * count + b"0\r\n\r\n"


def test_pages_of_a_declared_origin_only(door: Door) -> None:
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "x-a, b"}
    said = door.ask("OPTIONS", "/api/chat", Origin=PAGE, **asked)
    assert said.status == 204
    assert said.headers["access-control-allow-origin"] == PAGE
    assert said.headers["access-control-allow-headers"] == "x-a, b"
    assert "POST" in said.headers["access-control-allow-methods"]
    used = door.ask("GET", "/api/version", key="chat", Origin=PAGE)
    assert (used.status, used.headers["access-control-allow-origin"]) == (200, PAGE)
    # So that a page can read why it was refused.
    assert door.ask("GET", "/api/version", Origin=PAGE).headers["access-control-allow-origin"]
    for origin in ("https://evil.example.com", PAGE + ".evil.com", PAGE.upper(), "null"):
        other = door.ask("OPTIONS", "/api/chat", Origin=origin, **asked)
        assert other.status == 405
        assert not any(name.startswith("access-control") for name in other.headers)
        other = door.ask("GET", "/api/version", key="chat", Origin=origin)
        assert "access-control-allow-origin" not in other.headers


def test_plain_http_is_led_to_https_by_name(fleet: Fleet, door: Door) -> None:
    command = "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: evil.example.com'"
    said = fleet.sh(HOST, f"{command} 'http://127.0.0.1/api/tags?a=b'")
    assert said == f"308 https://{NAME}/api/tags?a=b"
    plain = fleet.sh(HOST, "curl -sS -i http://127.0.0.1:443/api/tags")
    assert "application/json" in plain


@pytest.fixture(scope="module", autouse=True)
def dawdler(door: Door) -> Iterator[socket.socket]:
    """A client that began a request before the first test, and does not go on."""
    with door.connect(timeout=30) as connection:
        connection.sendall(b"GET /api/version HTTP/1.1\r\nHost: x\r\nAuthoriz")
        yield connection


def test_a_client_that_dawdles_is_hung_up_on(door: Door, dawdler: socket.socket) -> None:
    assert dawdler.recv(1024) == b""


def test_tls_is_current_and_said_to_stay(fleet: Fleet, door: Door) -> None:
    assert door.ask("GET", "/api/version", key="chat").headers["strict-transport-security"]
    with door.connect() as connection:
        assert connection.version() == "TLSv1.3"
    old = "openssl s_client -cipher ALL:@SECLEVEL=0 -connect 127.0.0.1:443 -tls1_1 </dev/null"
    assert "alert protocol version" in fleet.ssh(HOST, old).stderr
