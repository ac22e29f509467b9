"""What the gateway leaves on its host, and what runs of a deployment do to it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pytest

from tests.fleet import gatewaying
from tests.fleet.gatewaying import HOST, KEYS, Door
from tests.fleet.generating import generating
from tests.fleet.harness import Fleet, wait_until


def test_streams_come_as_they_are_made(fleet: Fleet, door: Door) -> None:
    body = {
        "model": fleet.chat()["name"],
        "messages": [{"role": "user", "content": "Count to ten."}],
        "options": {"num_predict": 12, "temperature": 0},
    }
    head = (
        f"POST /api/chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEYS['chat']}\r\n"
        f"Content-Length: {len(json.dumps(body))}\r\nConnection: close\r\n\r\n"
    )
    parts = []
    with generating(), door.connect(timeout=120) as connection:
        connection.sendall(head.encode() + json.dumps(body).encode())
        while part := connection.recv(65536):
            parts.append(part)
    whole = b"".join(parts)
    assert b'"done":true' in whole
    # Each token is a chunk of its own, and read on its own but where the machine stalls.
    assert len([part for part in parts if b'"done":false' in part]) > 3


def test_a_client_that_leaves_frees_its_place(fleet: Fleet, door: Door) -> None:
    """What it asked for would go on for long; Ollama's own log tells that it ended."""
    body = {
        "model": fleet.chat()["name"],
        "messages": [{"role": "user", "content": "Write the numbers from 1 to 10000."}],
        "options": {"num_predict": 100_000, "num_ctx": 8192, "temperature": 0},
    }
    sent = json.dumps(body).encode()
    head = (
        f"POST /api/chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEYS['chat']}\r\n"
        f"Content-Length: {len(sent)}\r\n\r\n"
    )
    mark = gatewaying.marked(fleet)
    with generating():
        with door.connect(timeout=120) as connection:
            connection.sendall(head.encode() + sent)
            received = b""
            while b'"done":false' not in received:
                received += connection.recv(65536)
            assert gatewaying.reached(fleet, mark) == [], "it goes on while somebody listens"
        wait_until(
            "Ollama ended it",
            lambda: gatewaying.reached(fleet, mark) == ['POST "/api/chat"'],
            15,
        )


def test_the_log_tells_who_and_how_and_nothing_that_was_said(fleet: Fleet, door: Door) -> None:
    mark = fleet.sh(HOST, "wc -l </var/log/pyinfra-ollama/gateway.log")
    door.ask("POST", "/api/chat?secret=word", key="chat", body=b'{"model":"none","prompt":"word"}')
    door.ask("GET", "/api/version", key="wrong-key-that-nobody-has")

    def lines() -> list[str]:
        text = fleet.sh(HOST, f"tail -n +{int(mark) + 1} /var/log/pyinfra-ollama/gateway.log")
        return text.splitlines()

    wait_until("both are logged", lambda: len(lines()) == 2, 5)
    first, second = map(json.loads, lines())
    assert (first["who"], first["path"], first["status"]) == ("chat", "/api/chat", 404)
    assert first["backend"] == "127.0.0.1:11434"
    # Two clocks of nginx, of a millisecond each: only that both were read can be told.
    assert float(first["first_byte_seconds"]) >= 0
    assert first["seconds"] >= 0
    assert (second["who"], second["status"], second["backend"]) == ("", 401, "")
    assert "word" not in "".join(lines())
    fleet.sh(HOST, "logrotate -f /etc/logrotate.d/pyinfra-ollama-gateway")

    def written() -> bool:
        assert door.ask("GET", "/api/version", key="chat").status == 200
        return fleet.sh(HOST, "wc -l </var/log/pyinfra-ollama/gateway.log") != "0"

    wait_until("the new log is written", written, 10)


def test_status_is_for_the_host_itself(fleet: Fleet, door: Door) -> None:
    assert "Active connections" in fleet.sh(HOST, "curl -sS http://127.0.0.1:9180/status")
    assert "127.0.0.1:9180" in fleet.sh(HOST, "ss -H -ltn 'sport = :9180' | awk '{ print $4 }'")


def test_keys_are_in_no_file_that_others_read(fleet: Fleet, door: Door) -> None:
    fleet.sh(HOST, "id reader >/dev/null 2>&1 || useradd reader")
    find = "grep -rlsE 'sk-(chat|ops|eye)-|PRIVATE KEY' /etc /var/log /run /tmp 2>/dev/null; true"
    assert fleet.sh(HOST, f"su reader -s /bin/sh -c {shlex.quote(find)}") == ""


def processes(fleet: Fleet) -> list[str]:
    return fleet.sh(HOST, "pgrep -x nginx").split()


def test_a_second_run_changes_and_reloads_nothing(
    fleet: Fleet, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks one question for server and gateway together, and finds nothing to do."""
    before = processes(fleet)
    monkeypatch.setenv("PYINFRA_OLLAMA_GATHER", "on")  # also where the suite runs without
    ran = fleet.pyinfra(gatewaying.full(fleet), "-y", "-vv", "--json")
    assert ran.changed() == {}
    assert ran.commands(HOST) == 1
    assert processes(fleet) == before


@pytest.fixture
def back(fleet: Fleet, door: Door) -> Iterator[None]:
    """Leave the gateway as the next test expects it."""
    yield
    fleet.apply(gatewaying.full(fleet))


def test_a_key_is_exchanged_without_a_break(fleet: Fleet, door: Door, back: None) -> None:
    keys = [*gatewaying.FULL["keys"], gatewaying.key("next")]
    main = fleet.sh(HOST, "cat /run/nginx.pid")
    wanted = gatewaying.full(fleet, keys=keys)
    planned = fleet.plan(wanted).planned
    head = "POST /api/embed HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 16\r\n"
    with door.connect() as in_progress:
        in_progress.sendall(f'{head}x-api-key: {KEYS["chat"]}\r\n\r\n{{"model"'.encode())
        ran = fleet.apply(wanted)
        assert ran.changed() == planned
        assert planned == {
            HOST: [
                "Have the gateway's configuration",
                "Have the gateway serving as declared",
                "Have the deployment verified",
            ]
        }
        in_progress.sendall(b':"none"}')
        assert in_progress.recv(65536).startswith(b"HTTP/1.1 404")
    assert fleet.sh(HOST, "cat /run/nginx.pid") == main
    assert door.ask("GET", "/api/version", key="next").status == 200
    assert door.ask("GET", "/api/version", key="chat").status == 200


def test_what_nginx_refuses_changes_nothing(fleet: Fleet, door: Door, back: None) -> None:
    before = processes(fleet)
    ran = fleet.apply(gatewaying.full(fleet, listen=["192.0.2.7"]), check=False)
    assert ran.code == 1
    assert "nothing was changed" in ran.text
    assert "bind() to 192.0.2.7:443 failed" in ran.text
    assert processes(fleet) == before
    assert door.ask("GET", "/api/version", key="chat").status == 200


def test_a_run_that_was_killed_before_the_reload_is_finished(
    fleet: Fleet, door: Door, back: None
) -> None:
    wanted = gatewaying.full(fleet, show=True)
    # As a killed run leaves it: the files are new, the running nginx is old.
    fleet.sh(HOST, "mv /usr/sbin/nginx /usr/sbin/nginx.away")
    ran = fleet.apply(wanted, check=False)
    fleet.sh(HOST, "mv /usr/sbin/nginx.away /usr/sbin/nginx")
    assert ran.code == 1
    fleet.apply(wanted)
    assert door.ask("POST", "/api/show", key="chat", body=b"{").status == 400


def test_what_a_person_had_nginx_load_is_not_left_running(
    fleet: Fleet, door: Door, back: None
) -> None:
    """It says of itself that it is as declared; only that files were put back tells."""
    served = "s/server_name _;/& location = \\/extra { return 200 here; }/"
    fleet.sh(HOST, f"sed -i '0,/server_name _;/{served}' /etc/nginx/nginx.conf && nginx -s reload")
    wait_until("it serves that", lambda: door.ask("GET", "/extra").status == 200, 10)
    ran = fleet.apply(gatewaying.full(fleet))
    assert "Have the gateway serving as declared" in ran.changed()[HOST]
    wait_until("it is gone", lambda: door.ask("GET", "/extra").status == 403, 10)
    assert fleet.apply(gatewaying.full(fleet)).changed() == {}
