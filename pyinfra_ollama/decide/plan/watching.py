"""What would change of the monitoring besides its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.decide.watching import need
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def watching(declared: Declared, snapshot: Snapshot, templates: Path) -> Iterator[Change]:
    """The timer, and the journal's bounds."""
    needed = need(declared, snapshot, templates)
    if needed.reasons:
        note = "journald is restarted" if needed.journald else ""
        subject = layout.MONITOR_TIMER
        yield Change(Step.MONITORING, "enable", subject, note, why=needed.reasons)
