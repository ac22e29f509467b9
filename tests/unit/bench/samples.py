"""Results as a run would measure them; the numbers are invented and only look likely."""

from __future__ import annotations

from dataclasses import replace

from bench.results import ANSIBLE, FLOOR, PACKAGE, PLAIN, Count, Results, Series

RESULTS = Results(
    measured="2026-11-20",
    machine={"CPU": "Example 1000", "cores": "2"},
    versions={"pyinfra-ollama": "0.1.0 (abc1234)", "pyinfra": "3.10.0"},
    runs=5,
    converged=(
        Series(FLOOR, 1, (0.5, 0.4, 0.6, 0.5, 0.5)),
        Series(PACKAGE, 1, (0.7, 0.6, 0.8, 0.7, 0.7)),
        Series(PLAIN, 1, (3.0, 3.1, 2.9, 3.0, 9.0)),
        Series(ANSIBLE, 1, (14.0, 14.1, 13.9, 14.0, 14.0)),
        Series(FLOOR, 10, (0.6,) * 5),
        Series(PACKAGE, 10, (1.2,) * 5),
        Series(PLAIN, 10, (4.8,) * 5),
        Series(ANSIBLE, 10, (48.0,) * 5),
        Series(FLOOR, 50, (1.2,) * 5),
        Series(PACKAGE, 50, (3.1,) * 5),
        Series(PLAIN, 50, (20.7,) * 5),
        Series(ANSIBLE, 50, (301.0,)),
    ),
    first=(Series(PACKAGE, 10, (25.0,)), Series(ANSIBLE, 10, (125.0,))),
    counts=(Count(PACKAGE, 10, 1), Count(PLAIN, 10, 44, 2), Count(PACKAGE, 1, 9)),
    proofs=("no change on a converged host",),
)


def without(contestant: str, hosts: int) -> Results:
    """The same without one series."""
    kept = [row for row in RESULTS.converged if (row.contestant, row.hosts) != (contestant, hosts)]
    return replace(RESULTS, converged=tuple(kept))


def with_times(contestant: str, hosts: int, *seconds: float) -> Results:
    """The same with other times in one series."""
    kept = without(contestant, hosts).converged
    return replace(RESULTS, converged=(*kept, Series(contestant, hosts, seconds)))
