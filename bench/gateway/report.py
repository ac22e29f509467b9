"""The gateway's figures as Markdown, and what they are to be."""

from __future__ import annotations

from statistics import median

from bench.gateway.results import KEPT, MODEL, NEW, PACED, Results
from bench.report import judged, machine, table
from bench.targets import Target

ADDED_LIMIT_MS = 1.0
RATIO_LIMIT = 0.97
BACKENDS_LIMIT = 2.5
CONNECTIONS = {KEPT: "kept", NEW: "new"}
LOADS = {
    PACED: "paced (50 words a second each)",
    MODEL: "a real model on these cores",
}


def markdown(results: Results) -> str:
    """Everything, as it is printed and as it stands in docs/bench.md."""
    parts = []
    if results.first:
        parts += ["Time to the first word, medians; what the gateway adds is the median of pairs:"]
        parts += [_first(results)]
    if results.streams:
        parts += ["Words a second of 16 streams at once, medians of the rounds:", _streams(results)]
    if results.backends:
        parts += ["Words a second of a load that queues, medians of the rounds:"]
        parts += [_backends(results)]
    parts += ["Targets:", judged(targets(results)), "The machine:", machine(results)]
    return "\n\n".join(parts) + "\n"


def targets(results: Results) -> list[Target]:
    """What the gateway is to cost at most, and several backends to bring at least."""
    kept, found = results.pairs(KEPT), []
    added = None if kept is None else kept.median_added * 1000
    found.append(
        Target(
            f"at most {ADDED_LIMIT_MS:g} ms added to the first word (TLS and key, kept connection)",
            "-" if added is None else f"{added:.2f} ms",
            None if added is None else added <= ADDED_LIMIT_MS,
        )
    )
    for load, label in LOADS.items():
        rates = results.rates(load)
        found.append(
            _at_least(
                f"16 streams, {label}: at least {RATIO_LIMIT:g} of the words",
                None if rates is None else rates.ratio,
                RATIO_LIMIT,
            )
        )
    three = results.backends[0].ratio if results.backends else None
    text = f"three backends: at least {BACKENDS_LIMIT:g} times the words of one"
    return [*found, _at_least(text, three, BACKENDS_LIMIT)]


def _at_least(text: str, measured: float | None, limit: float) -> Target:
    reached = None if measured is None else measured >= limit
    return Target(text, "-" if measured is None else f"{measured:.3f}", reached)


def _first(results: Results) -> str:
    rows = [
        [
            CONNECTIONS[pairs.connection],
            _ms(median(pairs.direct)),
            _ms(median(pairs.gateway)),
            _ms(pairs.median_added),
            _ms(pairs.most_added),
            str(len(pairs.direct)),
        ]
        for pairs in results.first
    ]
    head = ["connection", "direct", "gateway", "added", "added, nine of ten at most", "pairs"]
    return table(head, rows)


def _streams(results: Results) -> str:
    rows = [
        [LOADS[rates.load], _rate(rates.one), _rate(rates.other), f"{rates.ratio:.3f}"]
        for rates in results.streams
    ]
    return table(["16 streams", "direct", "gateway", "ratio"], rows)


def _backends(results: Results) -> str:
    rows = [
        [_rate(rates.one), _rate(rates.other), f"{rates.ratio:.2f}"] for rates in results.backends
    ]
    return table(["one backend", "three backends", "ratio"], rows)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _rate(found: tuple[float, ...]) -> str:
    value = median(found)
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
