"""The measured figures as Markdown: tables that are printed and put into the documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bench.results import FLOOR, LABELS, Results, Series
from bench.targets import Target, targets

PICTURE = "![Time of a run that has nothing to change, over the number of hosts]({}bench.svg)"


class Measured(Protocol):
    """When and where a run was: what the results of every bench have."""

    @property
    def measured(self) -> str:
        """The day."""

    @property
    def machine(self) -> Mapping[str, str]:
        """The hardware."""

    @property
    def versions(self) -> Mapping[str, str]:
        """The programs."""


def page(results: Results) -> str:
    """Picture and everything, for docs/bench.md."""
    return f"{PICTURE.format('')}\n\n{markdown(results)}"


def markdown(results: Results) -> str:
    """Everything, as it is printed."""
    parts = [
        "Nothing to change (converged), median wall time; in brackets the ratio to the floor:",
        converged(results),
        f"{runs_note(results)}",
    ]
    if results.first:
        parts += ["First deployment of bare hosts, packages and release from a warm mirror:"]
        parts += [first(results)]
    if results.counts:
        parts += ["Commands that a converged run sends to a host, counted:", counts(results)]
    parts += ["Targets:", judged(targets(results))]
    if results.proofs:
        parts += ["That all three keep the same state was shown in the same run:"]
        parts += ["\n".join(f"- {proof}" for proof in results.proofs)]
    parts += ["The machine:", machine(results)]
    return "\n\n".join(parts) + "\n"


def short(results: Results) -> str:
    """The part for the README."""
    note = f"In brackets: how many times the floor. {runs_note(results)} {machine(results)}"
    return "\n\n".join([PICTURE.format("docs/"), converged(results), note]) + "\n"


def converged(results: Results) -> str:
    """A row per number of hosts, a column per contestant."""
    shown = [name for name in LABELS if any(row.contestant == name for row in results.converged)]
    rows = []
    for hosts in results.sizes():
        cells = [str(hosts)]
        for name in shown:
            series, ratio = results.series(name, hosts), results.ratio(name, FLOOR, hosts)
            cells.append(_cell(series, results.runs, None if name == FLOOR else ratio))
        rows.append(cells)
    return table(["hosts", *(LABELS[name] for name in shown)], rows)


def first(results: Results) -> str:
    """The same for bare hosts, without the floor."""
    shown = [name for name in LABELS if any(row.contestant == name for row in results.first)]
    rows = [
        [
            str(hosts),
            *(_cell(results.series(name, hosts, first=True), 0, None) for name in shown),
        ]
        for hosts in results.sizes(first=True)
    ]
    return table(["bare hosts", *(LABELS[name] for name in shown)], rows)


def counts(results: Results) -> str:
    """Commands and file transfers per host."""
    found = [count for name in LABELS if (count := results.count(name))]
    rows = [
        [LABELS[count.contestant], str(count.commands), str(count.transfers), str(count.hosts)]
        for count in found
    ]
    return table(["", "commands", "file transfers", "counted on so many hosts"], rows)


def judged(found: Iterable[Target]) -> str:
    """The targets, each with what was measured."""
    rows = [[target.text, target.measured, target.verdict] for target in found]
    return table(["target", "measured", ""], rows)


def machine(results: Measured) -> str:
    """Where the figures come from, in words that the run read off the machine."""
    hardware = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    versions = ", ".join(f"{name} {value}" for name, value in results.versions.items())
    return f"Measured {results.measured}: {hardware}; {versions}."


def runs_note(results: Results) -> str:
    """How often was measured, and where less often."""
    text = f"Medians of {results.runs} runs" if results.runs > 1 else "One run each"
    fewer = any(series.runs != results.runs for series in results.converged)
    return f"{text}, fewer where the cell says so (n)." if fewer else f"{text}."


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table whose columns line up, for those who read it as text."""
    lines = [head, *rows]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(head))]
    text = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def seconds(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def _cell(series: Series | None, runs: int, ratio: float | None) -> str:
    if series is None:
        return "-"
    notes = [] if ratio is None else [f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"]
    if series.runs != runs:
        notes.append(f"n={series.runs}")
    return seconds(series.median) + (f" ({', '.join(notes)})" if notes else "")
