"""A gateway without a server of its own, in front of two that have different models.

Each of the three has a firewall, which opens what its role needs and nothing else.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import gatewaying
from tests.fleet.filtering import reaches, reaches_from, rules
from tests.fleet.gatewaying import HOST, WIDE, Door, key
from tests.fleet.generating import generating
from tests.fleet.harness import HOSTS, Fleet, wait_until

pytestmark = pytest.mark.slow

BACKENDS = ("host2", "host3")
LOG = "/var/log/pyinfra-ollama/gateway.log"


def inventory(fleet: Fleet, **more: Any) -> Path:
    """host1 leads to host2, which has the chat model, and to host3, which has both."""
    models = {"host2": [fleet.chat()], "host3": fleet.models()}
    each: dict[str, dict[str, Any]] = {
        HOST: {
            "ollama": None,
            "gateway": {
                "server_names": [gatewaying.NAME],
                "keys": [key("chat"), key("eye", models=[fleet.chat()["name"]])],
                "limits": WIDE,
                "backends": ["host2", {"host": "host3", "weight": 3}],
                **more,
            },
        }
    }
    for host in BACKENDS:
        address = fleet.lab.host(host).address
        each[host] = {
            "ollama": {
                "host": address,
                "allow_non_loopback": True,
                "models": models[host],
                "max_queue": 1,
            },
        }
    return fleet.inventory(*HOSTS, each=each, firewall={}, verify={"generate": False})


@pytest.fixture(scope="module")
def door(fleet: Fleet) -> Iterator[Door]:
    """All three, made anew on bare hosts."""
    fleet.reset(*HOSTS)
    fleet.apply(inventory(fleet))
    yield Door(fleet)
    for host in HOSTS:
        fleet.sh(host, "ufw --force disable")


def embed(door: Door, model: str, **more: Any) -> gatewaying.Said:
    body = json.dumps({"model": model, "input": "x"}).encode()
    return door.ask("POST", "/api/embed", body=body, **{"key": "chat", **more})


def asked(fleet: Fleet, since: int = 0) -> Counter[str]:
    """How often each backend was asked, by the log, from a line of it on."""
    names = {f"{fleet.lab.host(host).address}:11434": host for host in BACKENDS}
    lines = fleet.sh(HOST, f"tail -n +{since + 1} {LOG}").splitlines()
    return Counter(names.get(json.loads(line)["backend"].split(", ")[-1], "") for line in lines)


def length(fleet: Fleet) -> int:
    return int(fleet.sh(HOST, f"wc -l <{LOG}"))


def test_the_gateways_host_has_no_server(fleet: Fleet, door: Door) -> None:
    assert fleet.ssh(HOST, "test -e /usr/local/bin/ollama || id ollama").returncode == 1
    assert fleet.sh(HOST, "cat /var/lib/pyinfra-ollama/verified"), "it was verified all the same"


def test_servers_are_open_to_the_gateway_only(fleet: Fleet, door: Door) -> None:
    servers = [fleet.lab.host(host).address for host in BACKENDS]
    assert [reaches_from(fleet, HOST, address, 11434) for address in servers] == [True, True]
    assert not reaches_from(fleet, "host3", servers[0], 11434)
    assert [reaches(address, 11434) for address in servers] == [False, False]
    gate = fleet.lab.host(HOST).address
    assert [reaches(gate, port) for port in (22, 80, 443, 9180)] == [True, True, True, False]
    served = f"ufw allow from {gate} to any port 11434 proto tcp"
    assert rules(fleet, "host2") == [
        "ufw allow 22/tcp comment 'pyinfra-ollama: ssh'",
        f"{served} comment 'pyinfra-ollama: gateway host1'",
    ]


def test_a_model_is_asked_of_those_that_have_it(fleet: Fleet, door: Door) -> None:
    since = length(fleet)
    with generating():
        for _ in range(4):
            assert embed(door, fleet.embedding()["name"]).status == 200
    wait_until("all are logged", lambda: asked(fleet, since).total() == 4, 10)
    assert asked(fleet, since) == {"host3": 4}
    unknown = embed(door, "nobody-has-this")
    assert unknown.status == 404
    assert "nobody-has-this" in unknown.error
    assert embed(door, fleet.embedding()["name"], key="eye").status == 403


def test_lists_are_put_together(fleet: Fleet, door: Door) -> None:
    both = {model["name"] for model in fleet.models()}
    tags = json.loads(door.ask("GET", "/api/tags", key="chat").body)
    assert {row["name"] for row in tags["models"]} == both
    models = json.loads(door.ask("GET", "/v1/models", key="chat").body)
    assert {row["id"] for row in models["data"]} == both
    kept = json.loads(door.ask("GET", "/api/tags", key="eye").body)
    assert {row["name"] for row in kept["models"]} == {fleet.chat()["name"]}


def show(door: Door, fleet: Fleet, count: int) -> list[int]:
    """Ask for the model that both have; it costs no generation."""
    body = json.dumps({"model": fleet.chat()["name"], "messages": []}).encode()
    return [door.ask("POST", "/api/chat", key="chat", body=body).status for _ in range(count)]


def test_a_heavier_backend_is_asked_more_often(fleet: Fleet, door: Door) -> None:
    with generating():
        since = length(fleet)
        assert set(show(door, fleet, 8)) == {200}
    wait_until("all are logged", lambda: asked(fleet, since).total() == 8, 10)
    # 6 of 8, but for a request whose end is noticed after the next began.
    assert asked(fleet, since)["host3"] >= 5


def test_a_backend_that_is_gone_is_left_out_and_comes_back(fleet: Fleet, door: Door) -> None:
    with generating():
        fleet.sh("host2", "systemctl stop ollama")
        try:
            since = length(fleet)
            assert set(show(door, fleet, 8)) == {200}
            assert asked(fleet, since)["host3"] == 8
        finally:
            fleet.sh("host2", "systemctl start ollama")

        def both() -> bool:
            since = length(fleet)
            assert set(show(door, fleet, 4)) == {200}
            return set(asked(fleet, since)) == set(BACKENDS)

        wait_until("the other is asked again", both, 60)


def test_a_full_queue_is_told_with_the_time_to_wait(fleet: Fleet, door: Door) -> None:
    """While host3 loads a model it takes one request more; the others are to come again."""
    model = fleet.embedding()["name"]
    unload = json.dumps({"model": model, "keep_alive": 0})
    here = f"http://{fleet.lab.host('host3').address}:11434"
    said: list[gatewaying.Said] = []

    def is_full() -> bool:
        fleet.sh("host3", f"curl -sS --fail {here}/api/embed -d {shlex.quote(unload)}")
        idle = f"curl -sS --fail {here}/api/ps"
        wait_until("it is unloaded", lambda: model not in fleet.sh("host3", idle), 20)
        said[:] = clients.map(lambda _: embed(door, model), range(16))
        return any(answer.status == 503 for answer in said)

    with generating(), ThreadPoolExecutor(16) as clients:
        # On a machine that stalls they may come one after the other.
        wait_until("they come while it loads", is_full, 60)
    assert {answer.status for answer in said} == {200, 503}
    full = next(answer for answer in said if answer.status == 503)
    assert full.headers["retry-after"] == "5"
    assert "busy" in full.error


def test_a_key_keeps_to_one_backend_where_that_is_declared(fleet: Fleet, door: Door) -> None:
    fleet.apply(inventory(fleet, balance="sticky"))
    with generating():
        since = length(fleet)
        assert set(show(door, fleet, 6)) == {200}
    wait_until("all are logged", lambda: asked(fleet, since).total() == 6, 10)
    assert len(asked(fleet, since)) == 1


def test_a_drained_backend_gets_nothing_new(fleet: Fleet, door: Door) -> None:
    drained = inventory(fleet, backends=["host2", {"host": "host3", "drain": True}])
    changed = fleet.apply(drained).changed()
    assert list(changed) == [HOST]
    with generating():
        since = length(fleet)
        assert set(show(door, fleet, 4)) == {200}
    assert asked(fleet, since) == {"host2": 4}
    assert fleet.apply(drained).changed() == {}
    fleet.apply(inventory(fleet))
