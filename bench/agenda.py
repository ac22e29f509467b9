"""What a run will do and about how long that takes, so that nobody waits in the dark.

The seconds were seen on two cores in November 2026; they only serve this announcement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.options import MANY, Options
from bench.results import ANSIBLE, FLOOR, PACKAGE, PLAIN, hosts

Costs = Mapping[str, tuple[float, float]]
"""Seconds by contestant: so many, and so many more for each host."""

CONVERGED: Costs = {FLOOR: (0.5, 0.02), PACKAGE: (0.7, 0.05), PLAIN: (2, 0.3), ANSIBLE: (4, 3.5)}
COUNTED: Costs = {PACKAGE: (0.7, 0.05), PLAIN: (2, 0.3), ANSIBLE: (9, 0)}
# With making them bare, and Python for Ansible.
BARE: Costs = {PACKAGE: (6, 3), PLAIN: (7, 3.5), ANSIBLE: (12, 12)}
# Each damage is made, seen, repaired and looked at.
PROVED: Costs = {PACKAGE: (20, 0), PLAIN: (30, 0), ANSIBLE: (70, 0)}


def agenda(options: Options) -> list[str]:
    """The phases in order, each with its time, and the sum."""
    phases = list(_phases(options))
    phases.append(("in all, roughly", sum(seconds for _, seconds in phases)))
    return [f"{seconds / 60:4.1f} min  {what}" for what, seconds in phases]


def _phases(options: Options) -> Iterator[tuple[str, float]]:
    up = 0
    for size in options.hosts:
        many = size > MANY
        boot = size if many else options.few[-1]
        if boot > up:
            yield f"boot, deploy to and prepare {hosts(boot)}", 20 + 5 * (boot - up)
            up = boot
            if not many:
                yield "show that all keep the same state", _cost(PROVED, options, size)
        slow = min(options.slow_runs if many else options.runs, options.runs)
        seconds = sum(
            (slow if name == ANSIBLE else options.runs) * _cost({name: cost}, options, size)
            for name, cost in CONVERGED.items()
        )
        yield f"{hosts(size)}: {options.runs} rounds", seconds + _cost(COUNTED, options, size)
        if options.first_runs and size == max(options.few, default=0):
            for bare in options.few:
                yield f"{hosts(bare)}: from bare", options.first_runs * _cost(BARE, options, bare)


def _cost(costs: Costs, options: Options, size: int) -> float:
    return sum(
        base + more * size for name, (base, more) in costs.items() if name not in options.without
    )
