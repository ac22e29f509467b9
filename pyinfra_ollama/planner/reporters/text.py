"""A plan as plain lines, readable without colour; a terminal shows the same lines with it."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.plan import Change, HostPlan
from pyinfra_ollama.planner.reporters.words import (
    by_operation,
    clean,
    grouped,
    heading,
    mode_note,
    summary,
)
from pyinfra_ollama.planner.results import Report

__all__ = ["Line", "lines", "text"]

Line = tuple[str, str]
"""One line and the style that a terminal shows it in, empty for none."""

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_STATUS_STYLES = {"pending": "bold yellow", "unchanged": "bold green"}


def text(report: Report) -> str:
    return "".join(f"{line}\n" for line, _ in lines(report))


def lines(report: Report) -> Iterator[Line]:
    """Equal hosts in one block each, a sentence about all of them last."""
    for group in grouped(report.hosts):
        style = _STATUS_STYLES.get(group.report.status, "bold red")
        yield f"{clean(', '.join(group.names))}: {heading(group.report)}", style
        if group.report.plan:
            yield from _plan(group.report.plan)
    yield summary(report), ""


def _plan(plan: HostPlan) -> Iterator[Line]:
    for found in plan.findings:
        style = "yellow" if found.level == "warning" else "red"
        yield f"  {found.level}: {clean(found.check)}: {clean(found.seen)}", style
        if found.remedy:
            yield f"    to do: {clean(found.remedy)}", ""
    for operation, changes in by_operation(plan.changes).items():
        yield f"  {operation}", "bold"
        for change in changes:
            yield from _change(change)


def _change(change: Change) -> Iterator[Line]:
    file = change.file
    note = mode_note(file) if file else change.note
    yield clean(f"    {change.action} {change.subject}{f' ({note})' if note else ''}"), ""
    for reason in change.why:
        yield f"      because {clean(reason)}", ""
    if file is None:
        return
    if file.hidden:
        yield "      content hidden: it is secret", "dim"
    for line in file.diff:
        yield f"      {clean(line)}", _DIFF_STYLES.get(line[:1], "")
