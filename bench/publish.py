"""Puts a measured run into the documents: `python -m bench.publish build/bench.json`.

Numbers in README.md and docs/bench.md are written by this and by nothing else. A run of other
sizes or fewer rounds than the documents promise stays where it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bench.report import page, short
from bench.results import ANSIBLE, LABELS, Results, load, save
from bench.results import hosts as number_of

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- bench: begin (written by `make bench`) -->", "<!-- bench: end -->"
SIZES, RUNS = (1, 10, 50), 5

DOCUMENTS: dict[str, Callable[[Results], str]] = {"README.md": short, "docs/bench.md": page}


def missing(results: Results) -> list[str]:
    """What a run lacks to stand in the documents."""
    found = []
    for hosts in SIZES:
        for name, label in LABELS.items():
            series = results.series(name, hosts)
            needed = 1 if name == ANSIBLE and hosts == max(SIZES) else RUNS
            if not series or series.runs < needed:
                count = series.runs if series else 0
                found.append(
                    f"{label} on {number_of(hosts)} ran {count} times, {needed} are needed"
                )
    if not results.counts:
        found.append("no commands were counted")
    if not results.proofs:
        found.append("nothing shows that all keep the same state")
    return found + unclean(results.versions)


def unclean(versions: dict[str, str]) -> list[str]:
    """The reproach to a run of a checkout that nobody can have again."""
    clean = "dirty" not in versions.get("pyinfra-ollama", "dirty")
    return [] if clean else ["the checkout had changes that are in no commit"]


def with_region(text: str, region: str, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """The document with the text between its two marks replaced."""
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError(f"no region from {marks[0]!r} to {marks[1]!r}")
    return f"{before}{begin}\n\n{region}\n{end}{after}"


def rewrite(document: Path, region: str, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Replace the text between two marks of a document."""
    document.write_text(with_region(document.read_text(), region, marks))


def publish(results: Results, picture: Path, root: Path = ROOT) -> None:
    """Write the figures, the picture and the tables to where people read them."""
    save(results, root / "docs/bench.json")
    (root / "docs/bench.svg").write_bytes(picture.read_bytes())
    for name, render in DOCUMENTS.items():
        rewrite(root / name, render(results))


def offer(lacking: list[str], publish: Callable[[], object], where: str) -> int:
    """Publish unless something is missing, which is said; returns the exit code."""
    for line in lacking:
        print(f"bench: not put into the documents: {line}", file=sys.stderr)
    if not lacking:
        publish()
        print(f"bench: {where} hold this run", file=sys.stderr)
    return 0


def main(path: Path) -> int:
    """Publish a run that is whole; say what is missing from one that is not."""
    results = load(path)
    picture = path.with_suffix(".svg")
    where = "docs/bench.{json,svg,md} and README.md"
    return offer(missing(results), lambda: publish(results, picture), where)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
