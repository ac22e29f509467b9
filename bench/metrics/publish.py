"""Puts a measured run of the exporters into docs/bench.md, and its numbers beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.kept import write
from bench.metrics.report import markdown
from bench.metrics.results import Results, load
from bench.publish import ROOT, offer, rewrite, unclean

MARKS = (
    "<!-- metrics bench: begin (written by `make bench-metrics`) -->",
    "<!-- metrics bench: end -->",
)
SCRAPES, ROUNDS = 8, 10


def missing(results: Results) -> list[str]:
    """What a run lacks to stand in the document."""
    found = []
    if results.cost is None or results.cost.scrapes < SCRAPES or results.cost.interval != 15:
        found.append(f"fewer than {SCRAPES} scrapes, 15 s apart")
    if len(results.rounds) < ROUNDS:
        found.append(f"fewer than {ROUNDS} rounds")
    return found + unclean(results.versions)


def publish(results: Results, root: Path = ROOT) -> None:
    """Write the figures to where people read them."""
    write(results, root / "docs/bench-metrics.json")
    rewrite(root / "docs/bench.md", markdown(results), MARKS)


def main(path: Path) -> int:
    """Publish a run that is whole; say what is missing from one that is not."""
    results = load(path)
    where = "docs/bench-metrics.json and docs/bench.md"
    return offer(missing(results), lambda: publish(results), where)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
