"""The measuring: both ways in turn, so that a drift of the machine hits both."""

from __future__ import annotations

from collections.abc import Callable

from bench.gateway.asking import connected, on_kept, on_new
from bench.gateway.results import KEPT, NEW, Pairs, Rates
from bench.stage import say
from lab.streaming import Door, together

# Before anything counts: workers have their connections, Ollama has the model.
WARM_UP = 20


def in_turn(one: Callable[[], float], other: Callable[[], float], count: int) -> list[list[float]]:
    """So many pairs of measurements; which of the two comes first changes."""
    found: list[list[float]] = [[], []]
    for number in range(count):
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            found[which].append(round((one, other)[which](), 6))
    return found


def first_words(direct: Door, gateway: Door, body: bytes, pairs: int) -> list[Pairs]:
    """Pairs over connections that are kept, and over new ones."""
    found = []
    with connected(direct) as here, connected(gateway) as there:
        ways = (lambda: on_kept(here, direct, body), lambda: on_kept(there, gateway, body))
        in_turn(*ways, WARM_UP)
        one, other = in_turn(*ways, pairs)
        found.append(Pairs(KEPT, tuple(one), tuple(other)))
    new = (lambda: on_new(direct, body), lambda: on_new(gateway, body))
    in_turn(*new, WARM_UP)
    one, other = in_turn(*new, pairs)
    found.append(Pairs(NEW, tuple(one), tuple(other)))
    for pair in found:
        say(f"first word, {pair.connection} connection: {pair.median_added * 1000:.2f} ms added")
    return found


def rate(door: Door, body: bytes, *, streams: int, turns: int) -> float:
    """Words a second of so many streams at once, each so many times."""
    words, seconds = together([door], body, streams=streams, rounds=turns)
    return round(words / seconds, 2)


def rates(load: str, one: Callable[[], float], other: Callable[[], float], rounds: int) -> Rates:
    """Rounds of both ways, after one that does not count."""
    one()
    other()
    found, others = in_turn(one, other, rounds)
    measured = Rates(load, tuple(found), tuple(others))
    say(f"{load}, {len(found)} rounds: {measured.ratio:.3f} times as many words a second")
    return measured
