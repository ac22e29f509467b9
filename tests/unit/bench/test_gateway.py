"""The gateway's figures: from numbers to tables, targets and the document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.gateway.measure import in_turn
from bench.gateway.publish import MARKS, missing, publish
from bench.gateway.report import markdown, targets
from bench.gateway.results import KEPT, MODEL, NEW, PACED, Pairs, Rates, Results, load
from bench.kept import write
from bench.publish import ROOT, with_region

MEASURED = ROOT / "docs/bench-gateway.json"
# Invented numbers that only look likely.
RESULTS = Results(
    measured="2026-11-20",
    machine={"CPU": "Example 1000", "cores": "2"},
    versions={"pyinfra-ollama": "0.1.0 (abc1234)"},
    first=(
        Pairs(KEPT, (0.010,) * 300, (0.0104,) * 300),
        Pairs(NEW, (0.011,) * 300, (0.0153,) * 300),
    ),
    streams=(
        Rates(PACED, (790.0,) * 5, (789.0,) * 5),
        Rates(MODEL, (61.0, 60.0, 62.0, 61.0, 61.0), (58.0, 57.0, 56.0, 58.0, 58.0)),
    ),
    backends=(Rates(PACED, (190.0,) * 5, (560.0,) * 5),),
)


def test_what_is_added_is_looked_at_pair_by_pair() -> None:
    pairs = Pairs(KEPT, (0.010, 0.030, 0.011), (0.011, 0.0305, 0.013))
    assert [round(value, 6) for value in pairs.added] == [0.001, 0.0005, 0.002]
    assert pairs.median_added == pytest.approx(0.001)


def test_a_ratio_is_that_of_the_middle_round() -> None:
    assert Rates(PACED, (10, 20, 10), (9, 20, 20)).ratio == 1


def test_targets_are_judged_by_what_was_measured() -> None:
    judged = {target.text: (target.measured, target.verdict) for target in targets(RESULTS)}
    assert list(judged.values()) == [
        ("0.40 ms", "ok"),
        ("0.999", "ok"),
        ("0.951", "not ok"),
        ("2.947", "ok"),
    ]
    empty = replace(RESULTS, first=(), streams=(), backends=())
    assert {target.verdict for target in targets(empty)} == {"not measured"}
    assert "Targets:" in markdown(empty)


def test_the_tables_tell_kept_and_new_connections_apart() -> None:
    rows = [line for line in markdown(RESULTS).splitlines() if line.startswith("| ")]
    kept = next(row for row in rows if row.startswith("| kept"))
    new = next(row for row in rows if row.startswith("| new"))
    assert "0.40 ms" in kept
    assert "4.30 ms" in new


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    write(RESULTS, tmp_path / "made/bench.json")
    assert load(tmp_path / "made/bench.json") == RESULTS
    empty = replace(RESULTS, first=())
    write(empty, tmp_path / "empty.json")
    assert load(tmp_path / "empty.json") == empty
    (tmp_path / "other.json").write_text('{"schema": 1}')
    with pytest.raises(ValueError, match="measure anew"):
        load(tmp_path / "other.json")


def test_a_run_that_is_not_whole_is_not_published() -> None:
    assert missing(RESULTS) == []
    short = Pairs(KEPT, (0.01,) * 9, (0.01,) * 9)
    assert missing(replace(RESULTS, first=(short, RESULTS.first[1]))) == [
        "fewer than 300 pairs over kept connections"
    ]
    assert len(missing(replace(RESULTS, first=(), streams=(), backends=()))) == 5
    dirty = {"pyinfra-ollama": "0.1.0 (abc1234-dirty)"}
    assert missing(replace(RESULTS, versions=dirty)) == [
        "the checkout had changes that are in no commit"
    ]


def test_publishing_writes_the_document_and_the_numbers(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/bench.md").write_text(f"before\n{MARKS[0]}\n{MARKS[1]}\nafter\n")
    publish(RESULTS, tmp_path)
    assert load(tmp_path / "docs/bench-gateway.json") == RESULTS
    assert "0.40 ms" in (tmp_path / "docs/bench.md").read_text()


def test_the_document_holds_what_was_measured() -> None:
    text = (ROOT / "docs/bench.md").read_text()
    if MEASURED.exists():
        assert with_region(text, markdown(load(MEASURED)), MARKS) == text
    assert MARKS[0] in text


def test_who_comes_first_changes() -> None:
    asked: list[str] = []

    def way(name: str) -> float:
        asked.append(name)
        return float(len(asked))

    found = in_turn(lambda: way("one"), lambda: way("other"), 3)
    assert asked == ["other", "one", "one", "other", "other", "one"]
    assert found == [[2, 3, 6], [1, 4, 5]]
