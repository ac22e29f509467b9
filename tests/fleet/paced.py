"""Servers whose compute is a stand-in, so that sixteen streams run at once on two cores.

The Ollama is the real one, with its queue and its streaming (lab/standin has what is not).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lab import standin
from lab.load import Load
from lab.streaming import Door as Place
from lab.streaming import question
from tests.fleet.gatewaying import KEYS, NAME, Door
from tests.fleet.harness import HOSTS, Fleet

# Three seconds of words: what happens to a gateway meanwhile happens in the middle of streams.
WORDS, EACH_MS = 60, 50
STREAMS = 16
LOG = "/var/log/pyinfra-ollama/gateway.log"


def served(fleet: Fleet, name: str, **ollama: Any) -> dict[str, Any]:
    """What is declared for a host that serves so; a gateway elsewhere reaches it."""
    address = fleet.lab.host(name).address
    return {
        "ollama": {
            "host": address,
            "allow_non_loopback": True,
            "models": [fleet.chat()],
            "num_parallel": STREAMS,
            "context_length": 512,
            **ollama,
        },
        "release": {"url": f"{fleet.lab.mirror_url}/{standin.release()}/{{archive}}"},
    }


def load(fleet: Fleet, doors: Iterable[Door], *, key: str = "chat", words: int = WORDS) -> Load:
    """Sixteen streams through these doors in turn."""
    body = question(fleet.chat()["name"], words, each_ms=EACH_MS)
    return Load(places(doors, key), body, words, streams=STREAMS)


def places(doors: Iterable[Door], key: str = "chat") -> tuple[Place, ...]:
    """The doors as a load knows them, with a key."""
    return tuple(Place(door.address, 443, door.context, NAME, KEYS[key]) for door in doors)


def lost_nothing(load: Load) -> None:
    """Every stream that was begun came whole."""
    assert not load.tally.failures, load.tally
    assert load.tally.whole >= STREAMS, load.tally


class Log:
    """Which backends were asked since now, by the gateways' own logs."""

    def __init__(self, fleet: Fleet, gateways: Iterable[str]) -> None:
        self.fleet = fleet
        self.names = {fleet.lab.host(host).address: host for host in HOSTS}
        self.since = {host: int(fleet.sh(host, f"wc -l <{LOG}")) for host in gateways}

    def rows(self) -> Iterator[dict[str, Any]]:
        """What was logged."""
        for host, since in self.since.items():
            lines = self.fleet.sh(host, f"tail -n +{since + 1} {LOG}").splitlines()
            yield from map(json.loads, lines)

    def asked(self) -> Counter[str]:
        """How often each backend answered."""
        last = (row["backend"].split(", ")[-1].split(":")[0] for row in self.rows())
        return Counter(self.names.get(address, "") for address in last)
