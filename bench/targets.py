"""What this package wants to reach: ratios and counts, judged from the measured ones.

A missed target is shown and fails nothing: times on a shared machine prove too little for that.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.results import ANSIBLE, FLOOR, PACKAGE, Results, hosts

FLOOR_LIMITS = {1: 1.5, 10: 2.0, 50: 2.5}
"""Hosts -> how many times the floor a converged run may take."""
ANSIBLE_HOSTS, ANSIBLE_FACTOR = 10, 40.0
COMMANDS_LIMIT = 3


@dataclass(frozen=True)
class Target:
    """One target and what was measured of it; `reached` is None when nothing was."""

    text: str
    measured: str
    reached: bool | None

    @property
    def verdict(self) -> str:
        """For people."""
        return {True: "ok", False: "not ok", None: "not measured"}[self.reached]


def targets(results: Results) -> list[Target]:
    """All of them, in order."""
    found = [
        _at_most(
            f"{hosts(count)}: at most {limit:g} times the floor",
            results.ratio(PACKAGE, FLOOR, count),
            limit,
        )
        for count, limit in FLOOR_LIMITS.items()
    ]
    faster = results.ratio(ANSIBLE, PACKAGE, ANSIBLE_HOSTS)
    found.append(
        Target(
            f"{hosts(ANSIBLE_HOSTS)}: at least {ANSIBLE_FACTOR:g} times faster than Ansible",
            _times(faster),
            None if faster is None else faster >= ANSIBLE_FACTOR,
        )
    )
    count = results.count(PACKAGE)
    found.append(
        Target(
            f"at most {COMMANDS_LIMIT} commands per host",
            "-" if count is None else str(count.commands + count.transfers),
            None if count is None else count.commands + count.transfers <= COMMANDS_LIMIT,
        )
    )
    return found


def _at_most(text: str, measured: float | None, limit: float) -> Target:
    return Target(text, _times(measured), None if measured is None else measured <= limit)


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"
