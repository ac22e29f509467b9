"""`python -m bench`: make hosts, compare, print the tables, write JSON, remove the hosts."""

from __future__ import annotations

import compileall
import os
import sys
import tempfile
from pathlib import Path

from bench import contestants as who
from bench import machine, measure, options, proof, stage
from bench.agenda import agenda
from bench.declared import Declared
from bench.options import Options
from bench.report import markdown
from bench.results import ANSIBLE, FLOOR, PACKAGE, PLAIN, Count, Results, Series, hosts, save
from lab import api


class Bench:
    """One run of the comparison, and what it has found so far."""

    def __init__(self, given: Options, folder: Path) -> None:
        self.given = given
        self.folder = folder
        self.load = os.getloadavg()[0]
        self.converged: list[Series] = []
        self.first: list[Series] = []
        self.counts: list[Count] = []
        self.proofs: list[str] = []

    def run(self) -> None:
        """Everything, on few hosts first: so nothing else is up while those are measured."""
        # As an installation does: pyinfra itself keeps its process from writing bytecode.
        compileall.compile_dir(who.ROOT / "pyinfra_ollama", quiet=1)
        for line in agenda(self.given):
            stage.say(f"plan: {line}")
        if self.given.few:
            declared = self._hosts(self.given.few[-1])
            self._prove(declared)
            self._measure(declared, self.given.few)
            self._from_bare(declared)
        for count in self.given.many:
            self._measure(self._hosts(count), [count])

    def results(self) -> Results:
        """What was found."""
        playbook = None if ANSIBLE in self.given.without else self.given.playbook_command
        return Results(
            measured=machine.now(),
            machine=machine.hardware(self.load),
            versions=machine.versions(playbook, who.ROOT),
            runs=self.given.runs,
            converged=tuple(self.converged),
            first=tuple(self.first),
            counts=tuple(self.counts),
            proofs=tuple(self.proofs),
        )

    def _contestants(self, declared: Declared) -> list[who.Contestant]:
        found = [who.floor(declared), who.package(declared)]
        if PLAIN not in self.given.without:
            found.append(who.plain(declared))
        if ANSIBLE not in self.given.without:
            found.append(who.ansible(declared, self.given.playbook_command))
        return found

    def _deploying(self, declared: Declared) -> list[who.Contestant]:
        return [found for found in self._contestants(declared) if found.name != FLOOR]

    def _hosts(self, count: int) -> Declared:
        """So many hosts, converged and prepared for all contestants."""
        stage.say(f"{hosts(count)}: boot")
        declared = Declared(api.up(count, name=self.given.lab), self.folder)
        stage.say(f"{hosts(count)}: deploy")
        deploying = {found.name: found for found in self._deploying(declared)}
        proof.settle(deploying[PACKAGE], count, bare=True)
        stage.keep_texts(declared)
        stage.have_fresh_lists(declared, count)
        if ANSIBLE in deploying:
            stage.have_python(declared, count)
        return declared

    def _prove(self, declared: Declared) -> None:
        deploying = self._deploying(declared)
        stage.say("proof: nobody sees a change")
        self.proofs.append(proof.no_changes(deploying, 1))
        self.proofs += proof.damages_seen(deploying, declared)
        proof.settle(who.package(declared), 1)

    def _measure(self, declared: Declared, sizes: list[int]) -> None:
        found = self._contestants(declared)
        for size in sizes:
            limits = {ANSIBLE: self.given.slow_runs} if size > options.MANY else {}
            for contestant in found:
                if limits.get(contestant.name, 1):
                    contestant.warm(size)
            self.converged += measure.converged(found, size, self.given.runs, limits)
        for contestant in self._deploying(declared):
            # Ansible takes too long to be counted on more hosts than needed.
            size = sizes[0] if contestant.name == ANSIBLE else sizes[-1]
            if size <= options.MANY or contestant.name != ANSIBLE:
                stage.say(f"{hosts(size)}: count the commands of {contestant.label}")
                self.counts.append(measure.commands(contestant, declared, size))

    def _from_bare(self, declared: Declared) -> None:
        for size in self.given.few if self.given.first_runs else []:
            self.first += measure.first(
                self._deploying(declared), declared, size, self.given.first_runs
            )


def main() -> int:
    """Run the comparison; the hosts are taken down however it ends."""
    given = options.parse()
    # A short path: Ansible's sockets lie below it, and their names may have some 100 letters.
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(given, Path(folder))
        status = stage.ended(bench.run, given.lab, folder=bench.folder, keep=given.keep)
        if bench.converged:
            # What was measured until something went wrong is not lost.
            save(bench.results(), given.json)
            stage.say(f"wrote {given.json}")
            print(markdown(bench.results()), end="")
    return status


if __name__ == "__main__":
    sys.exit(main())
