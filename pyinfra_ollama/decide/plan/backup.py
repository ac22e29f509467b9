"""What would change of the backup besides its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyinfra_ollama.decide.backup.files import of
from pyinfra_ollama.decide.backup.state import repository_reasons, timer_reasons
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def repository(declared: Declared, snapshot: Snapshot) -> Iterator[Change]:
    """The repository, which is made if there is none."""
    why = repository_reasons(declared, snapshot)
    if why:
        place = of(declared).repository.place(declared.name)
        yield Change(Step.BACKUP_REPOSITORY, "ask", place, "made if there is none", why=why)


def timers(units: Iterable[ManagedFile], snapshot: Snapshot) -> Iterator[Change]:
    """The timers."""
    why = timer_reasons(units, snapshot)
    if why:
        yield Change(Step.BACKUP_TIMERS, "start", "the backup's timers", why=why)
