"""Medians, ratios, and the way to JSON and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.results import ANSIBLE, FLOOR, PACKAGE, Series, load, save
from tests.unit.bench.samples import RESULTS, without


@pytest.mark.parametrize(
    ("seconds", "median"),
    [((3.0, 1.0, 2.0), 2.0), ((4.0, 1.0, 2.0, 3.0), 2.5), ((7.0,), 7.0), ((1, 1, 1, 1, 99), 1)],
)
def test_a_series_is_represented_by_its_median(seconds: tuple[float, ...], median: float) -> None:
    assert Series(FLOOR, 1, seconds).median == median


def test_a_ratio_is_that_of_the_medians() -> None:
    assert RESULTS.ratio(PACKAGE, FLOOR, 1) == pytest.approx(1.4)
    assert RESULTS.ratio(ANSIBLE, PACKAGE, 10) == pytest.approx(40.0)


def test_what_was_not_measured_has_no_ratio() -> None:
    assert without(FLOOR, 10).ratio(PACKAGE, FLOOR, 10) is None
    assert RESULTS.ratio(PACKAGE, FLOOR, 7) is None


def test_the_count_on_the_most_hosts_is_the_one() -> None:
    count = RESULTS.count(PACKAGE)
    assert count is not None
    assert (count.hosts, count.commands) == (10, 1)
    assert RESULTS.count(ANSIBLE) is None


def test_sizes_are_those_measured() -> None:
    assert RESULTS.sizes() == [1, 10, 50]
    assert RESULTS.sizes(first=True) == [10]


def test_json_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "new/bench.json"
    save(RESULTS, path)
    assert load(path) == RESULTS


def test_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    save(RESULTS, path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 0}))
    with pytest.raises(ValueError, match=r"schema 0, not 1: measure anew"):
        load(path)
