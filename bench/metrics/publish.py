"""Puts a measured run of the exporters into docs/bench.md, and its numbers beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.metrics.report import markdown
from bench.metrics.results import Results, load, save
from bench.publish import ROOT, with_region

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
    if "dirty" in results.versions.get("pyinfra-ollama", "dirty"):
        found.append("the checkout had changes that are in no commit")
    return found


def publish(results: Results, root: Path = ROOT) -> None:
    """Write the figures to where people read them."""
    save(results, root / "docs/bench-metrics.json")
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
    print("bench: docs/bench-metrics.json and docs/bench.md hold this run", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
