"""The measuring itself: rounds in which every contestant runs once, in turning order."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench import stage
from bench.commands import BenchError, run
from bench.contestants import ROOT, Contestant
from bench.declared import Declared
from bench.proof import same_state
from bench.report import seconds
from bench.results import ANSIBLE, Count, Series
from bench.results import hosts as number_of


def turning(contestants: Sequence[Contestant], rounds: int) -> Iterator[list[Contestant]]:
    """The contestants of each round; who begins changes, so that none always runs first."""
    for number in range(rounds):
        first = number % len(contestants)
        yield [*contestants[first:], *contestants[:first]]


def converged(
    contestants: Sequence[Contestant], hosts: int, runs: int, limits: Mapping[str, int]
) -> list[Series]:
    """Time every contestant on converged hosts; each run must change nothing.

    The contestants take turns within a round, so that a drift of the machine hits all of them.
    `limits`: who takes part in fewer rounds than there are.
    """
    taken: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    os.sync()  # what earlier steps wrote is not written during a measured one
    for number, order in enumerate(turning(contestants, runs), start=1):
        for contestant in order:
            if number > limits.get(contestant.name, runs):
                continue
            ran, outcome = contestant.run(hosts)
            if outcome.changes:
                raise BenchError(
                    f"{contestant.label} made {outcome.changes} changes while it was measured"
                )
            taken[contestant.name].append(round(ran.seconds, 4))
            took = seconds(ran.seconds)
            stage.say(f"{number_of(hosts)}, round {number} of {runs}: {contestant.label} {took}")
    return [Series(name, hosts, tuple(times)) for name, times in taken.items() if times]


def first(
    contestants: Sequence[Contestant], declared: Declared, hosts: int, runs: int
) -> list[Series]:
    """Time first deployments of bare hosts; each must lead to the same state on every host."""
    taken: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    wanted = stage.states(declared, 1)[0]
    for order in turning(contestants, runs):
        for contestant in order:
            stage.make_bare(declared, hosts)
            if contestant.name == ANSIBLE:
                stage.have_python(declared, hosts)
            os.sync()
            ran, outcome = contestant.run(hosts, bare=True)
            if not outcome.changes:
                raise BenchError(f"{contestant.label} changed nothing on bare hosts")
            for found in stage.states(declared, hosts):
                same_state(f"after {contestant.label} deployed to a bare host", wanted, found)
            taken[contestant.name].append(round(ran.seconds, 4))
            stage.say(f"bare, {number_of(hosts)}: {contestant.label} {seconds(ran.seconds)}")
    return [Series(name, hosts, tuple(times)) for name, times in taken.items()]


def commands(contestant: Contestant, declared: Declared, hosts: int) -> Count:
    """Count what a converged run sends to each host, in a run of its own that is not timed."""
    if contestant.name == ANSIBLE:
        ran, _ = contestant.run(hosts, "-vvv")
        by_host = ansible_commands(ran.out + ran.err)
        return Count(ANSIBLE, hosts, *_most(by_host, declared, hosts))
    path = declared.folder / "counted.json"
    arguments = contestant.command(hosts)[1:]
    ran = run(
        [sys.executable, str(ROOT / "bench/counting.py"), str(path), *arguments],
        folder=contestant.folder,
        timeout_seconds=300,
    )
    if ran.code != 0 or contestant.outcome(ran.out + ran.err).changes:
        raise BenchError(f"the counted run of {contestant.label} failed:\n{ran.tail}")
    found: dict[str, list[int]] = json.loads(Path(path).read_text())
    return Count(contestant.name, hosts, *_most(found, declared, hosts))


def ansible_commands(text: str) -> dict[str, list[int]]:
    """Commands and transfers by address, from Ansible's output with -vvv."""
    found: dict[str, list[int]] = {}
    for address, kind in re.findall(r"^<([^>]+)> (SSH: EXEC|PUT)\b", text, re.M):
        found.setdefault(address, [0, 0])[kind == "PUT"] += 1
    return found


def _most(by_address: Mapping[str, Sequence[int]], declared: Declared, hosts: int) -> list[int]:
    addresses = {host.address for host in declared.hosts(hosts)}
    if set(by_address) != addresses:
        raise BenchError(f"commands were counted for {sorted(by_address)}, not {sorted(addresses)}")
    return list(max(by_address.values(), key=sum))
