"""Hosts with a backup: before the first run of a deployment, and as it leaves them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.decide.backup.files import (
    repository_stamp,
    timers_hash,
    tool_files,
    unit_files,
)
from pyinfra_ollama.settings import Declared, Disk, Secret
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.backup import BackupState

from .hosts import declaration, host
from .served import TEMPLATES, written

PASSWORD = "canary-password-0123456789"


def having(repository: object = None, *, others: Any = None, **fields: Any) -> Declared:
    """A server that keeps a backup there; `others` are further variables of group data."""
    place = Disk("/srv/backup") if repository is None else repository
    backup = {"repository": place, "password": Secret.value(PASSWORD), **fields}
    return declaration(backup=backup, **(others or {}))


def text(declared: Declared, path: str) -> str | None:
    """What is to stand in a file of the backup; None for one that must not be there."""
    made = (*tool_files(declared, TEMPLATES), *unit_files(declared, TEMPLATES))
    return next(file.content for file in made if file.path == path)


def keeping(declared: Declared, snapshot: Snapshot | None = None, **state: Any) -> Snapshot:
    """The host once the backup was deployed; keywords change what it says of it."""
    found, units = snapshot or host(), unit_files(declared, TEMPLATES)
    made = (*tool_files(declared, TEMPLATES), *units)
    there = {file.path: written(file) for file in made if file.content is not None}
    said = BackupState(
        repository=repository_stamp(declared),
        timers=frozenset(layout.backup.UNITS),
        started=timers_hash(units),
    )
    return replace(found, files={**found.files, **there}, backup=replace(said, **state))
