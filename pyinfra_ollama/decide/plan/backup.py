"""What would change of the backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyinfra_ollama.decide.backup.files import of, tool_files, unit_files
from pyinfra_ollama.decide.backup.state import repository_reasons, timer_reasons
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.decide.plan.written import written
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """All of them, in the order of a run."""
    return (*tool_files(declared, templates), *unit_files(declared, templates))


def changes(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str], templates: Path
) -> Iterator[Change]:
    """Files, the repository, which is made if there is none, and the timers."""
    yield from written(Step.BACKUP_FILES, files(declared, templates), snapshot, texts)
    if why := repository_reasons(declared, snapshot):
        place = of(declared).repository.place(declared.name)
        yield Change(Step.BACKUP_REPOSITORY, "ask", place, "made if there is none", why=why)
    if why := timer_reasons(unit_files(declared, templates), snapshot):
        yield Change(Step.BACKUP_TIMERS, "start", "the backup's timers", why=why)
