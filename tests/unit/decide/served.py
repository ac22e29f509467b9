"""A host that serves as declared: unit files, running process, links and release included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.unit import unit_files
from pyinfra_ollama.decide.verified import fingerprint
from pyinfra_ollama.settings import Declared, HostSettings
from pyinfra_ollama.snapshot import FileState, ReleaseState, Snapshot

from .hosts import host, whole

TEMPLATES = Path(__file__).parents[3] / "templates"
NOTES = {"variant": "none", "gpu": "dropped"}
LINKS = {
    "/opt/ollama/current": "releases/0.33.0",
    "/usr/local/bin/ollama": "/opt/ollama/current/bin/ollama",
}


def written(file: ManagedFile) -> FileState:
    """The file as it lies on a host once it was written."""
    size = len(file.content or "")
    return FileState("regular file", file.mode, file.user, file.group, size, file.sha256)


def served(settings: HostSettings | Declared, **changes: Any) -> Snapshot:
    """The host once these settings were applied and verified, then changed as `host` does."""
    everything = whole(settings) if isinstance(settings, HostSettings) else settings
    assert everything.server is not None
    declared = unit_files(everything.server, host(), TEMPLATES)
    files = {file.path: written(file) for file in declared.files if file.content is not None}
    usual: dict[str, Any] = {
        "links": LINKS,
        "releases": {"0.33.0": ReleaseState(100, NOTES)},
        "verified": fingerprint(everything, host(), TEMPLATES),
        "files": files,
        "unit": {"environment": declared.environment.sha256},
    }
    for name, value in changes.items():
        merged = isinstance(value, dict) and isinstance(usual.get(name), dict)
        usual[name] = {**usual[name], **value} if merged else value
    return host(**usual)
