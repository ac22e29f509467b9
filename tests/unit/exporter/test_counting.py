"""Counters go on when what they are read from begins anew."""

from __future__ import annotations

from ollama_exporter.counting import Totals


def test_what_a_source_counts_is_added_up() -> None:
    totals = Totals()
    totals.take(1, "m", {"tokens": 10})
    totals.take(1, "m", {"tokens": 25})
    assert totals.sums("tokens") == {"m": 25}


def test_a_second_source_goes_on_where_the_first_stopped() -> None:
    totals = Totals()
    totals.take(1, "m", {"tokens": 10})
    totals.take(2, "m", {"tokens": 4})
    assert totals.sums("tokens") == {"m": 14}


def test_a_source_that_begins_anew_never_lowers_a_sum() -> None:
    totals = Totals()
    totals.take(1, "m", {"tokens": 10})
    totals.take(1, "m", {"tokens": 3})
    assert totals.sums("tokens") == {"m": 13}


def test_what_was_counted_before_is_not_counted_again() -> None:
    totals = Totals()
    totals.note(1, "m", {"tokens": 1000})
    totals.take(1, "m", {"tokens": 1007})
    assert totals.sums("tokens") == {"m": 7}
    assert totals.knows(1, "m")
    assert not totals.knows(1, "other")


def test_counters_stand_at_nothing_before_anything_is_counted() -> None:
    totals = Totals()
    totals.begin("m", ["tokens"])
    assert totals.sums("tokens") == {"m": 0}


def test_a_forgotten_source_counts_from_nothing_and_a_dropped_owner_is_gone() -> None:
    totals = Totals()
    totals.take(1, "m", {"tokens": 5})
    totals.take(2, "n", {"tokens": 5})
    totals.forget([2])
    totals.take(1, "m", {"tokens": 5})
    totals.drop(["m"])
    assert totals.sums("tokens") == {"m": 10}
