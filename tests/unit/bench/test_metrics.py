"""The exporters' figures: from numbers to tables, targets and the document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.kept import write
from bench.metrics.publish import MARKS, missing, publish
from bench.metrics.report import markdown, targets
from bench.metrics.results import NGINX, NODE, OWN, Cost, Results, Round, load
from bench.publish import ROOT, with_region

MEASURED = ROOT / "docs/bench-metrics.json"
# Invented numbers that only look likely.
ROUND = Round((0.0080,) * 99 + (0.012,), (0.0081,) * 98 + (0.0150, 0.0150))
RESULTS = Results(
    measured="2026-11-20",
    machine={"CPU": "Example 1000", "cores": "2"},
    versions={"pyinfra-ollama": "0.1.0 (abc1234)"},
    cost=Cost(15, 8, 120.0, 118, {OWN: 0.24, NODE: 0.12, NGINX: 0.06}),
    every=1.1,
    rounds=(ROUND,) * 10,
)


def test_targets_are_judged_by_what_was_measured() -> None:
    assert [(one.measured, one.verdict) for one in targets(RESULTS)] == [
        ("0.20 %", "ok"),
        ("0.100 ms", "ok"),
    ]
    dear = replace(RESULTS, cost=Cost(15, 8, 120.0, 0, {OWN: 1.2, NODE: 0, NGINX: 0}))
    slow = replace(dear, rounds=(Round((0.008,) * 2, (0.0082,) * 2),))
    assert [one.verdict for one in targets(slow)] == ["not ok", "not ok"]
    empty = replace(RESULTS, cost=None, rounds=())
    assert {one.verdict for one in targets(empty)} == {"not measured"}
    assert "Targets:" in markdown(empty)


def test_what_is_rare_is_shown_beside_the_middle() -> None:
    text = markdown(RESULTS)
    asked = next(line for line in text.splitlines() if line.startswith("| asked"))
    assert "8.10 ms" in asked
    assert "15.00 ms" in asked
    assert "1000 requests" not in text
    assert "2000 requests" in text


def test_a_drift_without_anybody_asking_is_told() -> None:
    other = replace(ROUND, alone=(0.0083,) * 100)
    assert replace(RESULTS, rounds=(ROUND, other)).drift == pytest.approx(0.0003)
    assert replace(RESULTS, rounds=(ROUND,)).drift == 0


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    write(RESULTS, tmp_path / "made/bench.json")
    assert load(tmp_path / "made/bench.json") == RESULTS
    empty = replace(RESULTS, cost=None, rounds=())
    write(empty, tmp_path / "empty.json")
    assert load(tmp_path / "empty.json") == empty
    (tmp_path / "other.json").write_text('{"schema": 1}')
    with pytest.raises(ValueError, match="measure anew"):
        load(tmp_path / "other.json")


def test_a_run_that_is_not_whole_is_not_published() -> None:
    assert missing(RESULTS) == []
    assert missing(replace(RESULTS, cost=None, rounds=(ROUND,))) == [
        "fewer than 8 scrapes, 15 s apart",
        "fewer than 10 rounds",
    ]
    dirty = {"pyinfra-ollama": "0.1.0 (abc1234-dirty)"}
    assert missing(replace(RESULTS, versions=dirty)) == [
        "the checkout had changes that are in no commit"
    ]


def test_publishing_writes_the_document_and_the_numbers(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/bench.md").write_text(f"before\n{MARKS[0]}\n{MARKS[1]}\nafter\n")
    publish(RESULTS, tmp_path)
    assert load(tmp_path / "docs/bench-metrics.json") == RESULTS
    assert "0.20 %" in (tmp_path / "docs/bench.md").read_text()


def test_the_document_holds_what_was_measured() -> None:
    text = (ROOT / "docs/bench.md").read_text()
    if MEASURED.exists():
        assert with_region(text, markdown(load(MEASURED)), MARKS) == text
    assert MARKS[0] in text
