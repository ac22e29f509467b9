"""What would change of the tools and the timer that look after a host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.decide.plan.written import reloaded, written
from pyinfra_ollama.decide.watching import need, tool_files, unit_files
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """All of them, in the order of a run."""
    return (*tool_files(declared, templates), *unit_files(declared, templates))


def changes(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str], templates: Path
) -> Iterator[Change]:
    """Files, units, the timer, and the journal's bounds."""
    tools, units = tool_files(declared, templates), unit_files(declared, templates)
    yield from written(Step.MONITORING_TOOLS, tools, snapshot, texts)
    yield from reloaded(Step.MONITORING_UNITS, units, snapshot, texts)
    needed = need(declared, snapshot, templates)
    if needed.reasons:
        also = {
            "logrotate.timer as well": needed.rotation,
            "journald is restarted": needed.journald,
        }
        note = ", ".join(words for words, is_so in also.items() if is_so)
        subject = layout.monitoring.MONITOR_TIMER
        yield Change(Step.MONITORING, "enable", subject, note, why=needed.reasons)
