"""A plan as GitHub's Markdown, fit for a comment on a pull request.

A comment holds 65536 characters (GitHub, 2026): a longer plan is shortened, its diffs first.
What hosts say can neither end a code block nor name a person or an issue.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyinfra_ollama.decide.plan import Change, HostPlan
from pyinfra_ollama.planner.reporters.words import (
    Group,
    by_operation,
    clean,
    count,
    grouped,
    heading,
    mode_note,
    summary,
)
from pyinfra_ollama.planner.results import Report

__all__ = ["LIMIT", "markdown"]

# A workflow may put a line of its own around it.
LIMIT = 65_000


@dataclass(frozen=True)
class _Room:
    """How much is shown: lines of each diff, characters of a line, hosts by name, all groups."""

    lines: int | None = None
    width: int | None = None
    names: int | None = None
    groups: int | None = None


_ROOMS = (
    _Room(),
    *(_Room(lines, 400) for lines in (400, 200, 100, 50, 25, 10, 0)),
    *(_Room(0, 200, 20, groups) for groups in (None, 50, 20, 5, 1)),
)


def markdown(report: Report) -> str:
    """The whole plan, or as much of it as a comment holds."""
    groups = grouped(report.hosts)
    for room in _ROOMS:
        text = "\n".join(_document(report, groups, room)) + "\n"
        if len(text) <= LIMIT:
            return text
    return text[: LIMIT - 10] + "\n\n...\n"


def _document(report: Report, groups: tuple[Group, ...], room: _Room) -> Iterator[str]:
    yield f"## Plan for {_code(report.inventory)}"
    yield ""
    yield f"{_plain(summary(report))}."
    if room != _Room():
        yield ""
        yield "*Shortened to fit a comment: `--format text` shows it whole.*"
    for group in groups[: room.groups]:
        yield from _group(group, room)
    left = groups[room.groups :] if room.groups else ()
    if left:
        yield ""
        yield f"And {count(sum(len(group.names) for group in left), 'host')} more."


def _group(group: Group, room: _Room) -> Iterator[str]:
    shown = ", ".join(_code(name) for name in group.names[: room.names])
    more = len(group.names) - len(group.names[: room.names])
    yield ""
    yield f"### {shown}{f' and {more} more' if more else ''}: {_plain(heading(group.report))}"
    if group.report.plan:
        yield from _plan(group.report.plan, room)


def _plan(plan: HostPlan, room: _Room) -> Iterator[str]:
    if plan.findings or plan.changes:
        yield ""
    for found in plan.findings:
        remedy = f" (to do: {_plain(found.remedy)})" if found.remedy else ""
        yield f"- **{found.level}** {_plain(found.check)}: {_plain(found.seen)}{remedy}"
    for operation, changes in by_operation(plan.changes).items():
        yield f"- {operation}"
        for change in changes:
            yield from _change(change, room)
    for change in plan.changes:
        yield from _details(change, room)


def _change(change: Change, room: _Room) -> Iterator[str]:
    note = mode_note(change.file) if change.file else change.note
    said = f" ({_plain(note)})" if note else ""
    hidden = ", content hidden: it is secret" if change.file and change.file.hidden else ""
    yield f"  - **{change.action}** {_code(change.subject, room.width)}{said}{hidden}"
    yield from (f"    - because {_plain(reason)}" for reason in change.why)


def _details(change: Change, room: _Room) -> Iterator[str]:
    file = change.file
    if file is None or not file.diff or room.lines == 0:
        return
    lines = [clean(line[: room.width]) for line in file.diff[: room.lines]]
    left = len(file.diff) - len(lines)
    if left:
        lines.append(f"... and {count(left, 'line')} more")
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    title = f"{change.action} <code>{html.escape(clean(file.path))}</code>"
    yield ""
    yield f"<details><summary>{title}</summary>"
    yield ""
    yield f"{fence}diff"
    yield from lines
    yield fence
    yield ""
    yield "</details>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _code(text: str, width: int | None = None) -> str:
    """A code span, whatever is in it."""
    line = " ".join(clean(text[:width]).split()) + ("..." if width and len(text) > width else "")
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _plain(text: str) -> str:
    """Text that is nothing but text: no markup, no HTML, no mention, no reference."""
    line = " ".join(clean(text).split())
    line = html.escape(line, quote=False)
    line = re.sub(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)", r"\\\g<0>", line)
    return re.sub(r"[@#](?=\w)", r"\g<0><!-- -->", line)
