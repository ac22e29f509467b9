"""docs/torture.md is made of docs/torture.json, and of nothing that somebody typed."""

from __future__ import annotations

from tests.fleet.torture.moments import moment
from tests.fleet.torture.results import PAGE, page, read


def test_the_page_shows_the_kept_results() -> None:
    assert PAGE.read_text() == page(read())


def test_it_has_all_moments_and_each_was_good() -> None:
    rows = read()
    assert [row.seed for row in rows] == [*range(1, 113)]
    assert [row.fault for row in rows if row.fault] == []
    assert [(row.scenario, row.way.split(":")[0]) for row in rows] == [
        (moment(row.seed).scenario, moment(row.seed).way) for row in rows
    ]
