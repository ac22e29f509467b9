"""Each kind of panel, drawn into its place on the sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from picture.asking import Taken
from picture.board import Panel
from picture.series import Series, buckets, lines, moments, rows
from picture.words import words

# Told apart also by people who do not see all colours.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#7f6f00", "#5b6068")
STATES = {"red": "#b3261e", "green": "#0b6e4f", "text": "#24292e"}
LEGEND_ROWS, ROW = 4, 0.125
EMPTY = "no data"


class Place(Protocol):
    """What of a sheet is used here."""

    def box(self, panel: Panel) -> tuple[float, float, float, float]:
        """Left, bottom, width and height, in inches."""

    def axes(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Axes at a place."""

    def write(self, left: float, bottom: float, text: str, **more: Any) -> None:
        """Text at a place."""


def stat(sheet: Place, panel: Panel, taken: Taken) -> None:
    """The newest value of each series, large, in the colour of its threshold."""
    left, bottom, width, height = sheet.box(panel)
    found = lines(panel, taken)
    if not found:
        sheet.write(left + width / 2, bottom + height * 0.4, EMPTY, size=11, ha="center")
    named = panel.said["options"]["textMode"] == "name"
    for number, one in enumerate(found):
        middle = left + width * (number + 0.5) / len(found)
        said = one.name if named else _mapped(panel, one.last)
        colour = STATES[_colour(panel, one.last)]
        size = 12 if named else 19
        sheet.write(middle, bottom + 0.45, said, size=size, color=colour, ha="center")
        if not named:
            sheet.write(middle, bottom + 0.18, one.name, size=7.5, ha="center", color="#5b6068")


def table(sheet: Place, panel: Panel, taken: Taken) -> None:
    """The labels that are left, by the names that they are given."""
    left, bottom, width, height = sheet.box(panel)
    wanted = panel.said["transformations"][0]["options"]["indexByName"]
    heads = {
        one["matcher"]["options"]: each["value"]
        for one in panel.said["fieldConfig"]["overrides"]
        for each in one["properties"]
        if each["id"] == "displayName"
    }
    top, found = bottom + height - 0.42, rows(panel, taken)
    shares = (0.0, 0.45, 0.65, 0.83)
    for share, label in zip(shares, wanted, strict=True):
        sheet.write(left + 0.1 + share * width, top, heads[label], size=7.5, weight="bold")
        for number, row in enumerate(found[:8]):
            colour = "#0072b2" if label == "alertname" else STATES["text"]
            place = (left + 0.1 + share * width, top - 0.2 * (number + 1))
            sheet.write(*place, row.get(label, ""), size=7.5, color=colour)
    if not found:
        sheet.write(left + 0.1, top - 0.25, "none", size=7.5, color="#5b6068")


def timeseries(sheet: Place, panel: Panel, taken: Taken) -> None:
    """Lines, or areas on top of each other; their names below."""
    found = [one for one in lines(panel, taken) if not math.isnan(one.last)]
    left, bottom, width, height = sheet.box(panel)
    shown = min(len(found), LEGEND_ROWS)
    below = 0.28 + shown * ROW
    axes = sheet.axes(left + 0.55, bottom + below, width - 0.68, height - below - 0.3)
    custom, times = panel.defaults["custom"], moments(taken)
    if custom["stacking"]["mode"] == "normal" and found:
        whole = [[0.0 if math.isnan(one) else one for one in each.values] for each in found]
        axes.stackplot(times, whole, colors=_cycle(found), alpha=0.75, linewidth=0)
    else:
        for one, colour in zip(found, _cycle(found), strict=True):
            axes.plot(times, one.values, color=colour, linewidth=1)
    _grid(axes, panel.unit, taken)
    axes.set_ylim(0, panel.defaults.get("max") or _top(axes, found))
    if panel.unit == "bytes":
        step = 2 ** math.ceil(math.log2(axes.get_ylim()[1] / 4))
        axes.yaxis.set_major_locator(MultipleLocator(step))
    if not found:
        axes.text(0.5, 0.5, EMPTY, transform=axes.transAxes, ha="center", va="center", size=9)
    for number, one in enumerate(found[:shown]):
        more = f"   and {len(found) - shown} more" if number == shown - 1 < len(found) - 1 else ""
        line = bottom + 0.05 + (shown - 1 - number) * ROW
        sheet.write(left + 0.12, line, "\u25ac", size=6, color=COLOURS[number % len(COLOURS)])
        said = words(one.last, panel.unit)
        sheet.write(left + 0.24, line, f"{one.name}: {said}{more}", size=6)


def heatmap(sheet: Place, panel: Panel, taken: Taken) -> None:
    """How many fell into each bucket at each step, the darker the more."""
    left, bottom, width, height = sheet.box(panel)
    axes = sheet.axes(left + 0.55, bottom + 0.3, width - 0.68, height - 0.6)
    bounds, apart = buckets(panel, taken)
    times = moments(taken)
    edges = [*times, times[-1] + taken.step]
    axes.pcolormesh(edges, range(len(bounds) + 1), apart, cmap="Blues", rasterized=True)
    _grid(axes, "short", taken)
    axes.grid(visible=False)
    axes.set_yticks(range(1, len(bounds) + 1))
    unit = panel.said["options"]["yAxis"]["unit"]
    axes.set_yticklabels("more" if math.isinf(one) else words(one, unit) for one in bounds)


KINDS: dict[str, Callable[[Place, Panel, Taken], None]] = {
    "stat": stat,
    "table": table,
    "timeseries": timeseries,
    "heatmap": heatmap,
}


def _grid(axes: Any, unit: str, taken: Taken) -> None:
    number = "none" if unit.startswith("suffix:") else unit
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words(value, number)))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=unit == "short"))
    marks = range(taken.start // 60 * 60 + 60, taken.end + 1, _minutes(taken) * 60)
    axes.set_xticks(list(marks))
    axes.set_xticklabels(f"{datetime.fromtimestamp(one, UTC):%H:%M}" for one in marks)
    axes.set_xlim(taken.start, taken.end)
    axes.tick_params(length=2, labelsize=6)
    axes.grid(axis="y", color="#e4e6e9", linewidth=0.6)
    axes.set_axisbelow(True)


def _minutes(taken: Taken) -> int:
    return next(
        (one for one in (1, 2, 5, 10, 30, 60) if (taken.end - taken.start) / 60 / one <= 6), 120
    )


def _top(axes: Any, found: Sequence[Series]) -> float:
    high = float(axes.get_ylim()[1])
    flat = not any(one > 0 for each in found for one in each.values)
    return 1.0 if flat or high <= 0 else high


def _cycle(found: Sequence[object]) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(len(found))]


def _mapped(panel: Panel, value: float) -> str:
    for one in panel.defaults["mappings"]:
        if f"{value:g}" in one["options"]:
            return str(one["options"][f"{value:g}"]["text"])
    return words(value, panel.unit)


def _colour(panel: Panel, value: float) -> str:
    reached = "text"
    for step in panel.defaults["thresholds"]["steps"]:
        if step["value"] is None or value >= step["value"]:
            reached = step["color"]
    return reached
