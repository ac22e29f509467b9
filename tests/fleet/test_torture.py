"""Deployments that are struck at a moment chosen by a seed: the next run finishes the work.

These are the first of the moments of `make torture`, three at a time, and one of each rarer way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from threading import Thread

import pytest

from tests.fleet.harness import Fleet
from tests.fleet.torture.crowd import endure_all
from tests.fleet.torture.moments import FULL, HANG, READ_ONLY, moment
from tests.fleet.torture.results import Row

pytestmark = pytest.mark.slow

# Both scenarios twice in each of the three common ways.
COMMON = range(1, 13)
RARE = {88: FULL, 93: READ_ONLY, 100: HANG}


@pytest.fixture(scope="module")
def outcome(fleet: Fleet, request: pytest.FixtureRequest) -> Iterator[Callable[[int], Row]]:
    """The row of a seed. All that were chosen for this test run are begun at once."""
    here = [item for item in request.session.items if item.path == request.path]
    seeds = [item.callspec.params["seed"] for item in here if hasattr(item, "callspec")]
    rows: dict[int, Future[Row]] = {seed: Future() for seed in seeds}
    chosen = [moment(seed) for seed in seeds]
    work = Thread(
        target=endure_all, args=(fleet, chosen, lambda row: rows[row.seed].set_result(row))
    )
    work.start()
    yield lambda seed: rows[seed].result(600)
    work.join()


@pytest.mark.parametrize("seed", [*COMMON, *RARE])
def test_the_next_run_converges(outcome: Callable[[int], Row], seed: int) -> None:
    row = outcome(seed)
    print(row.line)
    assert row.fault is None, f"{row.line}\nagain by: make torture SEEDS={seed}\n{row.fault}"
    assert not row.late, row.line


def test_the_moments_are_of_all_kinds() -> None:
    common = [(moment(seed).scenario, moment(seed).way) for seed in COMMON]
    assert sorted(common) == sorted([*{*common}] * 2)
    assert len(common) == 12
    assert {seed: moment(seed).way for seed in RARE} == RARE
