"""Puts a measured run of the gateway into docs/bench.md, and its numbers beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.gateway.report import LOADS, markdown
from bench.gateway.results import KEPT, NEW, Results, load, save
from bench.publish import ROOT, with_region

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
    if "dirty" in results.versions.get("pyinfra-ollama", "dirty"):
        found.append("the checkout had changes that are in no commit")
    return found


def publish(results: Results, root: Path = ROOT) -> None:
    """Write the figures to where people read them."""
    save(results, root / "docs/bench-gateway.json")
    path = root / "docs/bench.md"
    path.write_text(with_region(path.read_text(), markdown(results), MARKS))


def main(path: Path) -> int:
    """Publish a run that is whole; say what is missing from one that is not."""
    results = load(path)
    if lacking := missing(results):
        for line in lacking:
            print(f"bench: not put into the documents: {line}", file=sys.stderr)
        return 0
    publish(results)
    print("bench: docs/bench-gateway.json and docs/bench.md hold this run", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
