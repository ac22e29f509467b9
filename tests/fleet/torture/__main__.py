"""`python -m tests.fleet.torture [SEEDS]`: many moments, one line each; docs/torture.md at the end.

SEEDS is "1-112" (the default), "17" or "3,5,8-12". Results are kept as they come; a series that
was interrupted says with which seeds it goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

from lab import api
from lab.errors import LabError
from lab.progress import elapsed, say
from tests.fleet.harness import Fleet
from tests.fleet.torture.crowd import endure_all
from tests.fleet.torture.moments import moment
from tests.fleet.torture.results import PAGE, Row, keep


def main() -> int:
    """Exit 0 when all was good, 1 when a moment was not, 64 for no seeds, 130 when interrupted."""
    words = (sys.argv[1:] or ["1-112"])[0] or "1-112"
    try:
        seeds = parse(words)
    except ValueError:
        print(f"torture: SEEDS={words}: like 1-100, 17 or 3,5,8-12, from 1 up", file=sys.stderr)
        return 64
    # Told to end in either way, it waits for the moments it is at and leaves no run behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kept = os.environ.get("FLEET_LAB")
    name = kept or f"t{os.getpid()}"
    try:
        lab = api.up(3, name=name, plain_root=1)
    except LabError as error:
        print(f"torture: {error}", file=sys.stderr)
        return 1
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _torture(Fleet(lab, Path(folder)), seeds)
    finally:
        if not kept:
            api.down(name)


def _torture(fleet: Fleet, seeds: list[int]) -> int:
    rows: list[Row] = []

    def done(row: Row) -> None:
        rows.append(row)
        keep([row])
        print(row.line, flush=True)
        say(f"torture: {len(rows)} of {len(seeds)} moments, the last took {elapsed(row.seconds)}")
        if row.fault:
            say(f"seed {row.seed}, again by: make torture SEEDS={row.seed}\n{row.fault}")

    try:
        endure_all(fleet, [moment(seed) for seed in seeds], done)
    except KeyboardInterrupt:
        left = sorted(set(seeds) - {row.seed for row in rows})
        say(f"interrupted; go on with: make torture SEEDS={','.join(map(str, left))}")
        return 130
    faults = [row.seed for row in rows if row.fault]
    say(f"{len(rows) - len(faults)} of {len(rows)} moments were good; {PAGE.name} is written")
    if faults:
        say(f"not good: make torture SEEDS={','.join(map(str, sorted(faults)))}")
    return 1 if faults else 0


def parse(words: str) -> list[int]:
    """The seeds of "3,5,8-12". Raises ValueError."""
    seeds: list[int] = []
    for part in words.split(","):
        low, _, high = part.partition("-")
        seeds += range(int(low), int(high or low) + 1)
    if not seeds or min(seeds) < 1:
        raise ValueError(words)
    return seeds


if __name__ == "__main__":
    sys.exit(main())
