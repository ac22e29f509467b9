"""The dashboard as its JSON says: which panel is where, what it asks, in which unit it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BOARD = ROOT / "files/usr/local/lib/pyinfra-ollama/dashboards/pyinfra-ollama.json"


@dataclass(frozen=True)
class Target:
    """One question to Prometheus; `legend`: how its series are called, by their labels."""

    expression: str
    legend: str
    instant: bool

    def called(self, labels: Mapping[str, str]) -> str:
        """The name of a series."""
        name = re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), self.legend)
        return " ".join(name.split())


@dataclass(frozen=True)
class Panel:
    """One panel; `x`, `y`, `width`, `height` in cells of Grafana's grid, which is 24 wide."""

    number: int
    kind: str
    title: str
    x: int
    y: int
    width: int
    height: int
    unit: str
    targets: tuple[Target, ...]
    said: Mapping[str, Any]

    @property
    def defaults(self) -> Mapping[str, Any]:
        """What holds for all its fields."""
        found: Mapping[str, Any] = self.said["fieldConfig"]["defaults"]
        return found


def panels(path: Path = BOARD) -> tuple[Panel, ...]:
    """All panels and rows, in their order."""
    return tuple(_panel(said) for said in json.loads(path.read_text())["panels"])


def _panel(said: Mapping[str, Any]) -> Panel:
    grid = said["gridPos"]
    return Panel(
        number=said["id"],
        kind=said["type"],
        title=said["title"],
        x=grid["x"],
        y=grid["y"],
        width=grid["w"],
        height=grid["h"],
        unit=said.get("fieldConfig", {}).get("defaults", {}).get("unit", ""),
        targets=tuple(
            Target(one["expr"], one.get("legendFormat", ""), one.get("instant", False))
            for one in said.get("targets", [])
        ),
        said=said,
    )


def filled(expression: str, *, rate_seconds: int, instance: str = ".*") -> str:
    """An expression with the values that Grafana would put in place of its variables."""
    text = expression.replace("$__rate_interval", f"{rate_seconds}s")
    text = text.replace("$instance", instance)
    if "$" in text:
        raise ValueError(f"{expression}: a variable of it is not known here")
    return text
