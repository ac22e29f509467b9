"""`python -m bench.gateway`: make hosts, measure, print tables, write JSON, remove the hosts."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench import machine
from bench.commands import BenchError
from bench.contestants import ROOT
from bench.declared import Declared
from bench.gateway import measure
from bench.gateway.asking import status
from bench.gateway.report import markdown
from bench.gateway.results import MODEL, PACED, Pairs, Rates, Results
from bench.gateway.stage import KEY, Stage
from bench.kept import write
from bench.stage import ended, make_bare, say
from lab import api
from lab.streaming import question

STREAMS = 16
# A stream as a fast model makes it: 50 words a second.
WORDS, EACH_MS = 50, 20
# More than one backend takes at once, and so many that three of them are full.
SLOTS, QUEUED = 4, 24


class Bench:
    """One run, and what it has found so far."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self.given = given
        self.folder = folder
        self.load = os.getloadavg()[0]
        self.first: list[Pairs] = []
        self.streams: list[Rates] = []
        self.backends: list[Rates] = []

    def run(self) -> None:
        """Everything, one host first: so nothing else is up while a real model computes."""
        say("plan: about four minutes; a real model, then a stand-in for one, on up to 3 hosts")
        stage = self._stage(1)
        stage.deploy([1], parallel=SLOTS, real=True)
        self._streams(stage, MODEL, question(stage.model, 32), turns=1)
        make_bare(stage.declared, 1)

        stage.deploy([1], parallel=STREAMS)
        body = question(stage.model, 2, first_ms=5, each_ms=1)
        self._guarded(stage, body)
        self.first += measure.first_words(stage.direct(), stage.gateway(), body, self.given.pairs)
        paced = question(stage.model, WORDS, first_ms=EACH_MS, each_ms=EACH_MS)
        self._streams(stage, PACED, paced, turns=2)
        self._three(self._stage(3))

    def results(self) -> Results:
        """What was found."""
        return Results(
            measured=machine.now(),
            machine=machine.hardware(self.load),
            versions=machine.versions(None, ROOT),
            first=tuple(self.first),
            streams=tuple(self.streams),
            backends=tuple(self.backends),
        )

    def _stage(self, hosts: int) -> Stage:
        say(f"boot {hosts}, deploy")
        return Stage(Declared(api.up(hosts, name=self.given.lab), self.folder))

    def _guarded(self, stage: Stage, body: bytes) -> None:
        """What is measured is a gateway that lets nobody in without a key."""
        said = [status(stage.gateway(key), body) for key in ("no-such-key", KEY)]
        if said != [401, 200]:
            raise BenchError(f"a wrong key and a right one were answered with {said}")

    def _streams(self, stage: Stage, load: str, body: bytes, *, turns: int) -> None:
        def way(through: bool) -> float:
            door = stage.gateway() if through else stage.direct()
            return measure.rate(door, body, streams=STREAMS, turns=turns)

        stage.rest()
        self.streams.append(
            measure.rates(load, lambda: way(False), lambda: way(True), self.given.rounds)
        )

    def _three(self, stage: Stage) -> None:
        """A gateway to one of the servers, and another to all three."""
        stage.deploy([1, 3, 0], parallel=SLOTS)
        body = question(stage.model, WORDS // 2, first_ms=EACH_MS, each_ms=EACH_MS)

        def behind(gateway: int) -> float:
            door = stage.gateway(host=gateway)
            return measure.rate(door, body, streams=QUEUED, turns=2)

        found = measure.rates(PACED, lambda: behind(0), lambda: behind(1), self.given.rounds)
        self.backends.append(found)


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of a command line; ends the program on a wrong one."""
    parser = argparse.ArgumentParser(prog="python -m bench.gateway", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of each load (default 5)")
    parser.add_argument("--pairs", type=int, default=300, help="for first words (default 300)")
    parser.add_argument("--json", type=Path, default=ROOT / "build/bench-gateway.json")
    parser.add_argument("--lab", default="benchgw", metavar="NAME", help="default: benchgw")
    parser.add_argument("--keep", action="store_true", help="leave the hosts up")
    return parser.parse_args(arguments)


def main() -> int:
    """Measure; the hosts are taken down however it ends."""
    given = options()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(given, Path(folder))
        code = ended(
            bench.run, given.lab, OSError, ValueError, folder=bench.folder, keep=given.keep
        )
    if bench.first or bench.streams:
        write(bench.results(), given.json)
        say(f"wrote {given.json}")
        print(markdown(bench.results()), end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
