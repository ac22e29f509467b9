"""What the service needs to be as declared: read off the host's state alone.

So a run that was killed between writing and restarting is repaired by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.decide.unit import ServiceEnvironment
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


@dataclass(frozen=True)
class Need:
    """`reasons` in words; `restart` only where the running process is not the declared one.

    `adopt`: the official script's files are there and become a release of their own.
    """

    reasons: tuple[str, ...]
    restart: bool
    adopt: bool


def need(settings: HostSettings, snapshot: Snapshot, declared: ServiceEnvironment) -> Need:
    """Compare systemd's view, the running process and the API with the declaration."""
    unit, version = snapshot.unit, settings.ollama.version
    program = f"{layout.release_directory(version)}/bin/ollama"
    reasons, restart = [], []
    if snapshot.links.get(layout.CURRENT) != f"releases/{version}":
        reasons.append(f"{layout.CURRENT} does not point to {version}")
    if snapshot.links.get(layout.COMMAND) != layout.COMMAND_TARGET:
        reasons.append(f"{layout.COMMAND} does not point to {layout.COMMAND_TARGET}")
    if unit.needs_reload:
        reasons.append("systemd has not read the unit as it is on disk")
    if unit.enabled != "enabled":
        reasons.append("the service is not enabled")
    if unit.active != "active" or unit.pid is None:
        restart.append(f"the service is {unit.active}")
    else:
        if unit.exe != program:
            restart.append(f"the running program is {unit.exe}")
        if unit.environment != declared.sha256:
            restart.append("the running process has another environment or sandbox")
        if snapshot.api.version is None:
            reasons.append(f"nothing answers at {settings.ollama.base_url}")
        elif snapshot.api.version != version and not restart:
            reasons.append(f"version {snapshot.api.version} answers")
    adopt = unit.official_library or snapshot.links.get(layout.COMMAND) == ""
    if adopt:
        reasons.append("files of the official script are to be taken over")
    return Need((*reasons, *restart), bool(restart), adopt)
