"""`python -m bench.metrics`: make a host, observe it, print tables, write JSON, remove the host."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench import machine
from bench.contestants import ROOT
from bench.declared import Declared
from bench.gateway.stage import Stage
from bench.kept import write
from bench.metrics import measure
from bench.metrics.report import markdown
from bench.metrics.results import Cost, Results, Round
from bench.stage import ended, make_bare, say
from lab import api
from lab.streaming import question

# The exporter keeps a page for a second: asked a little later it makes every one anew.
EVERY_SECONDS, BLOCK_SECONDS = 1.1, 5.0


class Bench:
    """One run, and what it has found so far."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self.given, self.folder = given, folder
        self.load = os.getloadavg()[0]
        self.cost: Cost | None = None
        self.rounds: tuple[Round, ...] = ()

    def run(self) -> None:
        """With a real model, whose runner tells its metrics; then with a stand-in's even pace."""
        say("plan: about five minutes on one host")
        stage = Stage(Declared(api.up(1, name=self.given.lab), self.folder))
        stage.deploy([1], parallel=1, real=True, metrics=True)
        stage.rest()
        lab, host = self.given.lab, stage.declared.lab.hosts[0].name
        self.cost = measure.cost(
            lab,
            host,
            stage.gateway(),
            question(stage.model, 4),
            interval=self.given.interval,
            scrapes=self.given.scrapes,
        )
        make_bare(stage.declared, 1)
        stage.deploy([1], parallel=1, metrics=True)
        stage.rest()
        self.rounds = measure.rounds(
            stage.gateway(),
            question(stage.model, 2, first_ms=5, each_ms=1),
            count=self.given.rounds,
            seconds=BLOCK_SECONDS,
            every=EVERY_SECONDS,
        )

    def results(self) -> Results:
        """What was found."""
        return Results(
            measured=machine.now(),
            machine=machine.hardware(self.load),
            versions=machine.versions(None, ROOT),
            cost=self.cost,
            every=EVERY_SECONDS,
            rounds=self.rounds,
        )


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of a command line; ends the program on a wrong one."""
    parser = argparse.ArgumentParser(prog="python -m bench.metrics", description=__doc__)
    parser.add_argument("--interval", type=float, default=15, help="of scrapes (default 15 s)")
    parser.add_argument("--scrapes", type=int, default=8, help="for the cost (default 8)")
    parser.add_argument("--rounds", type=int, default=10, help="of requests (default 10)")
    parser.add_argument("--json", type=Path, default=ROOT / "build/bench-metrics.json")
    parser.add_argument("--lab", default="benchmx", metavar="NAME", help="default: benchmx")
    parser.add_argument("--keep", action="store_true", help="leave the host up")
    return parser.parse_args(arguments)


def main() -> int:
    """Measure; the host is taken down however it ends."""
    given = options()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(given, Path(folder))
        code = ended(
            bench.run, given.lab, OSError, ValueError, folder=bench.folder, keep=given.keep
        )
    if bench.cost or bench.rounds:
        write(bench.results(), given.json)
        say(f"wrote {given.json}")
        print(markdown(bench.results()), end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
