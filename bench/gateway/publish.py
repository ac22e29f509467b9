"""Puts a measured run of the gateway into docs/bench.md, and its numbers beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.gateway.report import LOADS, markdown
from bench.gateway.results import KEPT, NEW, Results, load
from bench.kept import write
from bench.publish import ROOT, offer, rewrite, unclean

MARKS = (
    "<!-- gateway bench: begin (written by `make bench-gateway`) -->",
    "<!-- gateway bench: end -->",
)
PAIRS, ROUNDS = 300, 5


def missing(results: Results) -> list[str]:
    """What a run lacks to stand in the document."""
    found = []
    for connection in (KEPT, NEW):
        pairs = results.pairs(connection)
        if pairs is None or len(pairs.direct) < PAIRS:
            found.append(f"fewer than {PAIRS} pairs over {connection} connections")
    loads = {label: results.rates(name) for name, label in LOADS.items()}
    loads["three backends"] = results.backends[0] if results.backends else None
    for label, rates in loads.items():
        if rates is None or len(rates.one) < ROUNDS:
            found.append(f"fewer than {ROUNDS} rounds: {label}")
    return found + unclean(results.versions)


def publish(results: Results, root: Path = ROOT) -> None:
    """Write the figures to where people read them."""
    write(results, root / "docs/bench-gateway.json")
    rewrite(root / "docs/bench.md", markdown(results), MARKS)


def main(path: Path) -> int:
    """Publish a run that is whole; say what is missing from one that is not."""
    results = load(path)
    where = "docs/bench-gateway.json and docs/bench.md"
    return offer(missing(results), lambda: publish(results), where)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
