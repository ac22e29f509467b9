"""Draws the measured curve: `python -m bench.chart bench.json bench.svg`.

Needs matplotlib, which only the benchmark's own virtual environment has. The picture names
generic fonts and brings none, and is the same for the same numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator, StrMethodFormatter

from bench.report import seconds
from bench.results import ANSIBLE, FLOOR, LABELS, PACKAGE, PLAIN, Results, load

COLOURS = {FLOOR: "#767676", PACKAGE: "#0b6e4f", PLAIN: "#1f4e9c", ANSIBLE: "#b3261e"}
STYLES = {FLOOR: "--", PACKAGE: "-", PLAIN: "-", ANSIBLE: "-"}
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(results: Results, path: Path) -> None:
    """Time over number of hosts, both by powers, a line per contestant with its name at its end."""
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.6, 4.4), layout="constrained")
        sizes = results.sizes()
        for name, label in LABELS.items():
            found = [series for hosts in sizes if (series := results.series(name, hosts))]
            if not found:
                continue
            colour, last = COLOURS[name], found[-1]
            axes.plot(
                [series.hosts for series in found], [series.median for series in found],
                STYLES[name], marker="o", markersize=4, color=colour, linewidth=2,
            )  # fmt: skip
            note = "" if last.runs == results.runs else f" (n={last.runs})"
            axes.annotate(
                f"{label.split(' (')[0]}, {seconds(last.median)}{note}", (last.hosts, last.median),
                xytext=(8, 0), textcoords="offset points", va="center", color=colour,
            )  # fmt: skip
        axes.set(
            xscale="log", yscale="log", xlabel="hosts", ylabel="seconds",
            title="A run that has nothing to change", xticks=sizes,
        )  # fmt: skip
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.grid(axis="y", color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        # Without a date, so that drawing again changes nothing.
        figure.savefig(path, metadata={"Date": None}, facecolor="white")
        plt.close(figure)


if __name__ == "__main__":
    draw(load(Path(sys.argv[1])), Path(sys.argv[2]))
