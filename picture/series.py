"""Series as they are drawn: with gaps where Prometheus had nothing, and buckets taken apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from picture.asking import Taken
from picture.board import Panel

Row = Sequence[float]


@dataclass(frozen=True)
class Series:
    """One line: a value for each step, NaN for none."""

    name: str
    values: Row

    @property
    def last(self) -> float:
        """Its newest value, NaN when it never had one."""
        return next((one for one in reversed(self.values) if not math.isnan(one)), math.nan)


def moments(taken: Taken) -> list[int]:
    """The steps, in seconds since 1970."""
    return list(range(taken.start, taken.end + 1, taken.step))


def lines(panel: Panel, taken: Taken) -> list[Series]:
    """The series of a panel, by their names."""
    found = [
        Series(target.called(one["metric"]), _values(one, taken))
        for target, answer in zip(panel.targets, taken.answers[str(panel.number)], strict=True)
        for one in answer
    ]
    return sorted(found, key=lambda one: one.name)


def rows(panel: Panel, taken: Taken) -> list[Mapping[str, str]]:
    """The labels of an instant answer, a row each."""
    return [one["metric"] for answer in taken.answers[str(panel.number)] for one in answer]


def buckets(panel: Panel, taken: Taken) -> tuple[list[float], list[Row]]:
    """Upper bounds of a histogram, and how many fell into each bucket at each step.

    Prometheus' own counts are of all up to the bound, so each has the one before taken off.
    """
    (answer,) = taken.answers[str(panel.number)]
    whole = sorted((float(one["metric"]["le"]), _values(one, taken)) for one in answer)
    before: Row = [0.0] * len(moments(taken))
    apart: list[Row] = []
    for _, values in whole:
        apart.append([max(0.0, high - low) for high, low in zip(values, before, strict=True)])
        before = values
    return [bound for bound, _ in whole], apart


def _values(one: Mapping[str, Any], taken: Taken) -> list[float]:
    said = {round(float(moment)): float(value) for moment, value in one["values"]}
    return [said.get(moment, math.nan) for moment in moments(taken)]
