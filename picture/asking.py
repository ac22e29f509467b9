"""Asks a Prometheus everything that the dashboard would ask it, and keeps the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from picture.board import Target, filled, panels

Ask = Callable[[str], str]
"""What GET answers for a path and its query."""


class RefusedError(Exception):
    """Prometheus took a question for none; the text has it."""


@dataclass(frozen=True)
class Taken:
    """The answers: for each panel, for each of its questions, a list of series.

    `start`, `end` in seconds since 1970, `step` in seconds; a series is Prometheus' own, with
    `metric` and `values` or `value`.
    """

    start: int
    end: int
    step: int
    answers: dict[str, list[list[dict[str, Any]]]]

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), sort_keys=True) + "\n")


def load(path: Path) -> Taken:
    """Read what `save` wrote."""
    return Taken(**json.loads(path.read_text()))


def take(ask: Ask, *, start: int, end: int, step: int, scrape: int) -> Taken:
    """The answers to all panels; Grafana's rate interval is four scrapes at least."""
    rate = max(4 * scrape, step + scrape)
    answers = {
        str(panel.number): [_answer(ask, one, start, end, step, rate) for one in panel.targets]
        for panel in panels()
        if panel.targets
    }
    return Taken(start, end, step, answers)


def _answer(
    ask: Ask, target: Target, start: int, end: int, step: int, rate: int
) -> list[dict[str, Any]]:
    query: dict[str, object] = {"query": filled(target.expression, rate_seconds=rate)}
    if target.instant:
        path = f"/api/v1/query?{urlencode({**query, 'time': end})}"
    else:
        span = {"start": start, "end": end, "step": step}
        path = f"/api/v1/query_range?{urlencode({**query, **span})}"
    said = json.loads(ask(path))
    if said.get("status") != "success":
        raise RefusedError(f"{target.expression}: {said.get('error', said)}")
    found: list[dict[str, Any]] = said["data"]["result"]
    return found
