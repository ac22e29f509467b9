"""Hosts that look after themselves, for the tests of decisions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.watching import tool_files, unit_files
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.watching import WatchState

from .hosts import NOW, declaration
from .served import TEMPLATES, served, written

GOOD = WatchState("active", "enabled", False, NOW, NOW - 1, "active", "enabled")


def watched(**monitoring: Any) -> Declared:
    """A server with this monitoring."""
    return declaration(monitoring=monitoring)


def files(declared: Declared) -> dict[str, ManagedFile]:
    """All its files by path."""
    made = (*tool_files(declared, TEMPLATES), *unit_files(declared, TEMPLATES))
    return {file.path: file for file in made}


def text(declared: Declared, path: str) -> str:
    content = files(declared)[path].content
    assert content is not None
    return content


def configuration(declared: Declared) -> dict[str, Any]:
    """What the tools are told."""
    said: dict[str, Any] = json.loads(text(declared, "/etc/pyinfra-ollama/monitoring.json"))
    return said


def looked_after(declared: Declared, **state: Any) -> Snapshot:
    """A host as declared; keywords change what systemd says of it."""
    found = served(declared)
    there = {p: written(f) for p, f in files(declared).items() if f.content is not None}
    packages = {**found.packages.installed, "logrotate": "1", "python3": "1"}
    return replace(
        found,
        files={**found.files, **there},
        packages=replace(found.packages, installed=packages),
        watch=replace(GOOD, **state),
    )
