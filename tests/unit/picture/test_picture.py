"""The picture's reading of the dashboard and of Prometheus' answers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from picture import asking, series
from picture.asking import RefusedError, Taken
from picture.board import Target, filled, panels
from picture.words import words

BOARD = panels()
NAN = math.nan


def answered(path: str) -> str:
    """A Prometheus that has one series of nothing for everything."""
    result: list[dict[str, Any]] = [{"metric": {"le": "+Inf"}, "values": [], "value": [0, "0"]}]
    return json.dumps({"status": "success", "data": {"result": result}})


def test_every_panel_is_asked_about_with_nothing_left_to_fill_in() -> None:
    asked: list[str] = []

    def ask(path: str) -> str:
        asked.append(path)
        return answered(path)

    taken = asking.take(ask, start=1000, end=1900, step=15, scrape=5)
    assert set(taken.answers) == {str(panel.number) for panel in BOARD if panel.kind != "row"}
    assert len(asked) == sum(len(panel.targets) for panel in BOARD)
    for path in asked:
        parts = urlsplit(path)
        given = parse_qs(parts.query)
        assert "$" not in given["query"][0]
        if parts.path.endswith("query_range"):
            assert (given["start"], given["end"], given["step"]) == (["1000"], ["1900"], ["15"])
        else:
            assert given["time"] == ["1900"]


def test_a_question_that_prometheus_refuses_is_told() -> None:
    with pytest.raises(RefusedError, match=r"ollama_up.*: parse error"):
        asking.take(
            lambda _: '{"status": "error", "error": "parse error"}',
            start=0, end=10, step=5, scrape=5,
        )  # fmt: skip


def test_a_variable_that_is_not_known_is_not_passed_on() -> None:
    assert filled("rate(a[$__rate_interval])", rate_seconds=20) == "rate(a[20s])"
    with pytest.raises(ValueError, match="not known here"):
        filled("a[$__range]", rate_seconds=20)


def test_answers_are_kept_as_they_were(tmp_path: Path) -> None:
    taken = asking.take(answered, start=0, end=10, step=5, scrape=5)
    taken.save(tmp_path / "made" / "taken.json")
    assert asking.load(tmp_path / "made" / "taken.json") == taken


def test_a_series_is_called_by_its_labels() -> None:
    target = Target("a", "{{instance}} {{model}} waiting", instant=False)
    assert target.called({"instance": "llm-1"}) == "llm-1 waiting"


def taken_for(panel_number: int, *found: dict[str, Any]) -> Taken:
    return Taken(0, 20, 10, {str(panel_number): [list(found)]})


def test_what_prometheus_had_not_is_a_gap() -> None:
    panel = next(one for one in BOARD if one.kind == "timeseries" and len(one.targets) == 1)
    labels = {"instance": "llm-1", "alertname": "OllamaDown"}
    one = {"metric": labels, "values": [[0, "1"], [20, "3"]]}
    (line,) = series.lines(panel, taken_for(panel.number, one))
    assert line.name.startswith("llm-1")
    assert [line.values[0], line.values[2]] == [1, 3]
    assert math.isnan(line.values[1])
    assert line.last == 3


def test_buckets_are_taken_apart() -> None:
    panel = next(one for one in BOARD if one.kind == "heatmap")
    found = [
        {"metric": {"le": le}, "values": [[0, low], [10, high], [20, high]]}
        for le, low, high in (("+Inf", "5", "9"), ("0.1", "1", "4"), ("1", "5", "6"))
    ]
    bounds, apart = series.buckets(panel, taken_for(panel.number, *found))
    assert bounds == [0.1, 1, math.inf]
    assert apart == [[1, 4, 4], [4, 2, 2], [0, 3, 3]]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0, "s", "0 s"),
        (0.0489, "s", "48.9 ms"),
        (34_300_546, "s", "1.09 years"),
        (75, "s", "1.25 min"),
        (123_260_107, "bytes", "118 MiB"),
        (0.0715, "percentunit", "7.15 %"),
        (0.5, "reqps", "0.5 req/s"),
        (2305.9, "short", "2.31 k"),
        (2, "none", "2"),
        (99.269, "suffix:tokens/s", "99.3 tokens/s"),
    ],
)
def test_values_read_as_grafana_would_say_them(value: float, unit: str, said: str) -> None:
    assert words(value, unit) == said


def test_every_unit_of_the_dashboard_has_words() -> None:
    for panel in BOARD:
        if panel.targets:
            assert words(1, panel.unit)
    with pytest.raises(ValueError, match="not known here"):
        words(1, "furlongs")
