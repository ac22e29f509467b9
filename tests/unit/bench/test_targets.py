"""Targets are judged from medians, at their limits, and not at all without figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.results import ANSIBLE, FLOOR, PACKAGE, Count, Results
from bench.targets import targets
from tests.unit.bench.samples import RESULTS, with_times, without


def verdicts(results: Results) -> list[str]:
    return [target.verdict for target in targets(results)]


def test_each_target_is_judged() -> None:
    assert [(target.measured, target.verdict) for target in targets(RESULTS)] == [
        ("1.40", "ok"),
        ("2.00", "ok"),
        ("2.58", "not ok"),
        ("40.00", "ok"),
        ("1", "ok"),
    ]


@pytest.mark.parametrize(
    ("hosts", "seconds", "index"), [(1, 0.76, 0), (10, 1.21, 1), (50, 3.001, 2)]
)
def test_a_ratio_over_its_limit_is_not_ok(hosts: int, seconds: float, index: int) -> None:
    assert verdicts(with_times(PACKAGE, hosts, seconds))[index] == "not ok"


def test_a_ratio_at_its_limit_is_ok() -> None:
    assert verdicts(with_times(PACKAGE, 50, 3.0))[2] == "ok"


def test_less_than_forty_times_ansible_is_not_ok() -> None:
    assert verdicts(with_times(ANSIBLE, 10, 47.9))[3] == "not ok"


def test_transfers_count_as_commands() -> None:
    assert verdicts(replace(RESULTS, counts=(Count(PACKAGE, 1, 3),)))[4] == "ok"
    assert verdicts(replace(RESULTS, counts=(Count(PACKAGE, 1, 3, 1),)))[4] == "not ok"


def test_what_was_not_measured_is_neither() -> None:
    assert verdicts(without(FLOOR, 1))[0] == "not measured"
    assert verdicts(without(ANSIBLE, 10))[3] == "not measured"
    assert verdicts(replace(RESULTS, counts=()))[4] == "not measured"
