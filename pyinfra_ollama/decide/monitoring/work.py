"""All files and needs of a host's monitoring together, for the plan and the verification."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.monitoring.exporter import exporter_files
from pyinfra_ollama.decide.monitoring.listening import listening_files
from pyinfra_ollama.decide.monitoring.observer import observer_files
from pyinfra_ollama.decide.monitoring.state import Need, exporters, observers
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot


def monitoring_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """Every file of monitoring, in the order of a run."""
    files = listening_files(declared)
    if declared.metrics:
        files += exporter_files(declared, templates)
    if declared.observer:
        files += observer_files(declared.observer, templates)
    return files


def needs(declared: Declared, files: Sequence[ManagedFile], snapshot: Snapshot) -> tuple[Need, ...]:
    """Every unit that has to be started, started anew or reloaded."""
    own = [file for file in files if file.path in layout.monitoring.EXPORTER_STAMPED]
    theirs = [file for file in files if file.path in layout.monitoring.OBSERVER_FILES]
    return (*exporters(declared, own, snapshot), *observers(declared, theirs, snapshot))
