"""What the service needs to be as declared: read off the host's state alone.

So a run that was killed between writing and restarting is repaired by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.decide import release
from pyinfra_ollama.decide.files import changed
from pyinfra_ollama.decide.unit import UnitFiles
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


@dataclass(frozen=True)
class Need:
    """`reasons` in words; `restart` only where the running process is not the declared one.

    `adopt`: the official script's files are there and become a release of their own.
    `running`: there is a process; without one a restart is a start.
    """

    reasons: tuple[str, ...]
    restart: bool
    adopt: bool
    running: bool


def need(settings: HostSettings, snapshot: Snapshot, declared: UnitFiles) -> Need:
    """Compare systemd's view, the running process and the API with the declaration.

    What the operations before this one are about to do is foretold, so that asking before
    the run gives the same answer as asking when it comes to the service.
    """
    unit, version = snapshot.unit, settings.ollama.version
    program = f"{layout.release_directory(version)}/bin/ollama"
    reasons, restart = [], []
    if snapshot.links.get(layout.CURRENT) != f"releases/{version}":
        restart.append(f"{layout.CURRENT} does not point to {version}")
    if snapshot.links.get(layout.COMMAND) != layout.COMMAND_TARGET:
        reasons.append(f"{layout.COMMAND} does not point to {layout.COMMAND_TARGET}")
    if unit.needs_reload and not changed(declared.files, snapshot.files):
        reasons.append("systemd has not read the unit as it is on disk")
    if unit.enabled != "enabled":
        reasons.append("the service is not enabled")
    running = unit.active == "active" and unit.pid is not None
    if not running:
        restart.append(f"the service is {unit.active}")
    else:
        if unit.exe != program:
            restart.append(f"the running program is {unit.exe}")
        elif not release.installed(release.plan(settings, snapshot), snapshot):
            restart.append(f"the release {version} is installed anew")
        if unit.environment != declared.environment.sha256:
            restart.append("the running process has another environment or sandbox")
        if "curl" not in snapshot.tools:
            # About to be installed; the API could not be asked without.
            pass
        elif snapshot.api.version is None:
            reasons.append(f"nothing answers at {settings.ollama.base_url}")
        elif snapshot.api.version != version and not restart:
            reasons.append(f"version {snapshot.api.version} answers")
    adopt = release.adopting(snapshot)
    if adopt:
        reasons.append("files of the official script are to be taken over")
    return Need((*reasons, *restart), bool(restart), adopt, running)
