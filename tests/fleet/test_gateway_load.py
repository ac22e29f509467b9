"""Two gateways with one declaration in front of three backends, while clients hold streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lab.load import Load
from lab.streaming import question
from tests.fleet import paced
from tests.fleet.gatewaying import KEYS, NAME, WIDE, Door, key
from tests.fleet.harness import HOSTS, Fleet, wait_until
from tests.fleet.paced import Log

pytestmark = pytest.mark.slow

GATEWAYS = ("host1", "host2")


def inventory(fleet: Fleet, **more: Any) -> Path:
    """All three hosts serve; two of them are gateways to all three, which `fleet` is."""
    gateway = {
        "server_names": [NAME],
        "keys": [key("chat")],
        "limits": WIDE,
        "backends": ["fleet"],
        **more,
    }
    each = {host: paced.served(fleet, host) for host in HOSTS}
    for host in GATEWAYS:
        each[host]["gateway"] = gateway
    return fleet.inventory(*HOSTS, each=each, verify={"generate": False})


@pytest.fixture(scope="module")
def doors(fleet: Fleet) -> tuple[Door, ...]:
    """Both gateways, made anew on bare hosts, with every backend's model loaded."""
    fleet.reset(*HOSTS)
    fleet.apply(inventory(fleet))
    for host in HOSTS:
        address = fleet.lab.host(host).address
        body = question(fleet.chat()["name"], 1).decode()
        fleet.sh(host, f"curl -sS --fail http://{address}:11434/api/chat -d '{body}'")
    return tuple(Door(fleet, host) for host in GATEWAYS)


@pytest.fixture
def usual(fleet: Fleet, doors: tuple[Door, ...]) -> Iterator[None]:
    """Leave the gateways as the next test expects them."""
    yield
    fleet.apply(inventory(fleet))


def held(fleet: Fleet, door: Door, count: int) -> Counter[str]:
    """Who answers so many streams that begin one after the other and are held together."""
    log = Log(fleet, GATEWAYS)
    with ExitStack() as stack:
        for _ in range(count):
            # Long enough that the first goes on when the last begins, on a slow machine too.
            body = question(fleet.chat()["name"], 40, each_ms=100)
            one = Load(paced.places([door]), body, 40, streams=1)
            one.end()
            stack.enter_context(one)
    wait_until("all are logged", lambda: log.asked().total() == count, 10)
    return log.asked()


def test_the_least_busy_backend_is_asked(fleet: Fleet, doors: tuple[Door, ...]) -> None:
    for door in doors:
        assert held(fleet, door, 9) == {"host1": 3, "host2": 3, "host3": 3}


def test_more_is_asked_of_a_backend_with_more_weight(
    fleet: Fleet, doors: tuple[Door, ...], usual: None
) -> None:
    wanted = inventory(fleet, backends=["fleet", {"host": "host3", "weight": 2}])
    assert list(fleet.apply(wanted).changed()) == list(GATEWAYS)
    assert held(fleet, doors[0], 8) == {"host1": 2, "host2": 2, "host3": 4}


def test_a_reload_of_nginx_cuts_no_stream(fleet: Fleet, doors: tuple[Door, ...]) -> None:
    with paced.load(fleet, doors) as load:
        for _ in range(3):
            for host in GATEWAYS:
                fleet.sh(host, "systemctl reload nginx")
    paced.lost_nothing(load)


def test_a_reload_cuts_no_stream_over_http2(fleet: Fleet, doors: tuple[Door, ...]) -> None:
    """Sixteen on one connection, by curl on another host."""
    words = 2 * paced.WORDS
    body = question(fleet.chat()["name"], words, each_ms=paced.EACH_MS).decode()
    fleet.sh("host3", "cat >/tmp/authority.pem; rm -f /tmp/stream*", stdin=doors[0].trusted)
    ask = (
        "curl -sS --fail --http2 --cacert /tmp/authority.pem --parallel --parallel-max 16"
        f" -H 'x-api-key: {KEYS['chat']}' -d '{body}' -o '/tmp/stream#1'"
        f" -w '%{{http_version}} ' 'https://{doors[0].address}/api/chat?[1-16]' 2>&1"
    )
    begun = "cat /tmp/stream* 2>/dev/null | grep -c . || true"
    with ThreadPoolExecutor() as pool:
        held = pool.submit(fleet.sh, "host3", ask)
        wait_until("they have begun", lambda: int(fleet.sh("host3", begun)) > 16, 10)
        for _ in range(2):
            fleet.sh(GATEWAYS[0], "systemctl reload nginx")
        assert not held.done()
        assert held.result().split().count("2") == 16
    lines = fleet.sh("host3", "for file in /tmp/stream*; do wc -l <$file; done").split()
    assert lines == [str(words + 1)] * 16


def test_a_key_is_exchanged_under_load(fleet: Fleet, doors: tuple[Door, ...], usual: None) -> None:
    with paced.load(fleet, doors) as load:
        fleet.apply(inventory(fleet, keys=[key("chat"), key("next")]))
        load.doors = paced.places(doors, "next")
        load.next_round()
        assert list(fleet.apply(inventory(fleet, keys=[key("next")])).changed()) == list(GATEWAYS)
    paced.lost_nothing(load)
    assert doors[0].ask("GET", "/api/version", key="chat").status == 401


def test_a_new_certificate_cuts_no_stream(
    fleet: Fleet, doors: tuple[Door, ...], usual: None
) -> None:
    def serial(host: str) -> str:
        return fleet.sh(host, "openssl x509 -in /etc/pyinfra-ollama/tls/gateway.pem -noout -serial")

    before = [serial(host) for host in GATEWAYS]
    with paced.load(fleet, doors) as load:
        fleet.apply(inventory(fleet, tls={"days": 90}))
        load.next_round()
    paced.lost_nothing(load)
    assert not set(before) & {serial(host) for host in GATEWAYS}


def test_a_backend_is_drained_without_cutting_a_stream(
    fleet: Fleet, doors: tuple[Door, ...], usual: None
) -> None:
    drained = inventory(fleet, backends=["fleet", {"host": "host3", "drain": True}])
    with paced.load(fleet, doors) as load:
        began = Log(fleet, GATEWAYS)
        assert list(fleet.apply(drained).changed()) == list(GATEWAYS)
        load.next_round()
        # What host3 had is done, so it may be stopped.
        log = Log(fleet, GATEWAYS)
        load.next_round()
        fleet.sh("host3", "systemctl stop ollama")
        load.next_round()
    paced.lost_nothing(load)
    assert began.asked()["host3"]
    assert set(log.asked()) == {"host1", "host2"}


def test_a_backend_that_fails_is_left_out_and_comes_back(
    fleet: Fleet, doors: tuple[Door, ...]
) -> None:
    body = question(fleet.chat()["name"], 1)

    def statuses(count: int) -> set[int]:
        return {
            door.ask("POST", "/api/chat", key="chat", body=body).status
            for door in doors
            for _ in range(count)
        }

    log = Log(fleet, GATEWAYS)
    long = question(fleet.chat()["name"], paced.WORDS, each_ms=paced.EACH_MS)
    with Load(paced.places(doors[:1]), long, paced.WORDS, streams=3) as load:
        load.end()
        fleet.sh("host3", "systemctl stop ollama")
    try:
        # What has begun to answer is not asked of another.
        assert (len(load.tally.failures), load.tally.whole) == (1, 2), load.tally
        assert log.asked() == dict.fromkeys(HOSTS, 1)
        assert not [row for row in log.rows() if "," in row["backend"]]

        log = Log(fleet, GATEWAYS)
        assert statuses(6) == {200}
        wait_until("all are logged", lambda: log.asked().total() == 12, 10)
        assert set(log.asked()) == {"host1", "host2"}
        # Once one gateway knows, it asks no more: not each request tries in vain.
        assert len([row for row in log.rows() if "," in row["backend"]]) <= 2 * len(GATEWAYS)
    finally:
        fleet.sh("host3", "systemctl start ollama")

    def all_three() -> bool:
        log = Log(fleet, GATEWAYS)
        assert statuses(3) == {200}
        return set(log.asked()) == set(HOSTS)

    wait_until("all three are asked again", all_three, 60)


def test_a_second_run_changes_nothing(fleet: Fleet, doors: tuple[Door, ...]) -> None:
    assert fleet.apply(inventory(fleet)).changed() == {}
