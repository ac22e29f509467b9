"""What the formats for people share: equal hosts together, sentences, nothing unprintable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyinfra_ollama.decide.files import FileChange
from pyinfra_ollama.decide.plan import Change
from pyinfra_ollama.planner.results import HostReport, Report

__all__ = ["Group", "by_operation", "clean", "count", "grouped", "heading", "mode_note", "summary"]


@dataclass(frozen=True)
class Group:
    """Hosts of which the same is foretold, and the report of one of them."""

    names: tuple[str, ...]
    report: HostReport


def grouped(hosts: Iterable[HostReport]) -> tuple[Group, ...]:
    """Fold hosts with the same plan together, in the order in which each plan first comes."""
    found: dict[str, list[HostReport]] = {}
    for host in hosts:
        found.setdefault(repr(replace(host, name="", seconds=0.0)), []).append(host)
    return tuple(Group(tuple(host.name for host in alike), alike[0]) for alike in found.values())


def heading(report: HostReport) -> str:
    """What becomes of a host, in a few words."""
    plan = report.plan
    if plan is None:
        return f"could not tell: {clean(report.unknown or '')}"
    if plan.refused:
        return "would be refused and left as it is"
    return count(len(plan.changes), "change") if plan.changes else "nothing to do"


def by_operation(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """The changes under the operations that make them, in the order of the run."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(str(change.operation), []).append(change)
    return found


def mode_note(file: FileChange) -> str:
    """Mode and owner of a file, from and to where they change."""
    if file.before and file.after and file.before != file.after:
        return f"{file.before} -> {file.after}"
    return file.after or file.before or ""


def summary(report: Report) -> str:
    """One sentence: how many hosts would change, and which are not well."""
    counted = report.totals
    parts = []
    if counted["pending"]:
        changes = count(counted["changes"], "change")
        parts.append(f"{count(counted['pending'], 'host')} with {changes}")
    if counted["unchanged"]:
        parts.append(f"{count(counted['unchanged'], 'host')} with nothing to do")
    for status, words in (("refused", "would be refused"), ("unknown", "could not tell")):
        names = [host.name for host in report.hosts if host.status == status]
        if names:
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""
            parts.append(f"{words}: {clean(', '.join(names[:10]))}{more}")
    return f"{'; '.join(parts)} (asked in {report.seconds:.1f} s)"


def count(number: int, what: str) -> str:
    """`1 host`, `2 hosts`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def clean(text: str) -> str:
    """Text of a host without what a terminal would take as a command."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in text)
