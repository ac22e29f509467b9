"""Servers whose compute is a stand-in, so that sixteen streams run at once on two cores.

The Ollama is the real one, with its queue and its streaming (lab/standin has what is not).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab import standin
from lab.load import Load
from lab.streaming import Door as Place
from lab.streaming import question
from tests.fleet.gatewaying import KEYS, NAME, Door
from tests.fleet.harness import Fleet

# Three seconds of words: what happens to a gateway meanwhile happens in the middle of streams.
WORDS, EACH_MS = 60, 50
STREAMS = 16


def served(fleet: Fleet, host: str, **ollama: Any) -> dict[str, Any]:
    """What is declared for a host that serves so; a gateway elsewhere reaches it."""
    address = fleet.lab.host(host).address
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
