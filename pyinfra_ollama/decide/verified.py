"""When the verifier has to look again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from pyinfra_ollama.decide import models, service
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.unit import UnitFiles, unit_files
from pyinfra_ollama.settings import Declared, HostSettings
from pyinfra_ollama.snapshot import Snapshot

# The operations whose changes have to be verified remove the stamp before they act, so a run
# that is killed between changing and verifying is verified by the next one.
STAMP = "verified"


class _Files:
    """The files of each role as declared, rendered once for hash and comparison."""

    def __init__(self, declared: Declared, snapshot: Snapshot, templates: Path) -> None:
        self.unit: UnitFiles | None = None
        self.gateway: tuple[ManagedFile, ...] = ()
        self.metrics: tuple[ManagedFile, ...] = ()
        self.monitoring: tuple[ManagedFile, ...] = ()
        self.backup: tuple[ManagedFile, ...] = ()
        if declared.server:
            self.unit = unit_files(declared.server, snapshot, templates)
        if declared.gateway:
            # Takes its time to import, and most hosts have no gateway.
            from pyinfra_ollama.decide.gateway.files import gateway_files

            self.gateway = gateway_files(declared.gateway, snapshot, templates)
        if declared.metrics or declared.observer:
            from pyinfra_ollama.decide.monitoring.work import monitoring_files

            self.metrics = monitoring_files(declared, templates)
        if declared.monitoring:
            from pyinfra_ollama.decide import watching

            tools = watching.tool_files(declared, templates)
            self.monitoring = (*tools, *watching.unit_files(declared, templates))
        if declared.backup:
            from pyinfra_ollama.decide.backup import files as backup

            self.backup = backup.unit_files(declared, templates)


def fingerprint(declared: Declared, snapshot: Snapshot, templates: Path) -> str:
    """Everything declared that the checks look at, as one hash.

    What happens to the host by itself (a restart, a reboot, a renewed certificate) is not in it:
    looking at that is monitoring's work, and `pyinfra-ollama verify` is there at any time.
    """
    return _hash(declared, _Files(declared, snapshot, templates))


def _hash(declared: Declared, files: _Files) -> str:
    parts: dict[str, object] = {"verify": repr(declared.verify)}
    if declared.server and files.unit:
        parts |= _of_server(declared.server, files.unit)
    if declared.gateway:
        parts["gateway"] = {file.path: file.sha256 for file in files.gateway}
    if declared.metrics or declared.observer:
        parts["metrics"] = {file.path: file.sha256 for file in files.metrics}
    if declared.monitoring:
        parts["monitoring"] = {file.path: file.sha256 for file in files.monitoring}
    if declared.firewall:
        parts["firewall"] = [repr(declared.firewall), repr(declared.opened)]
    if declared.backup:
        parts["backup"] = [repr(declared.backup), {f.path: f.sha256 for f in files.backup}]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _of_server(settings: HostSettings, unit: UnitFiles) -> dict[str, object]:
    return {
        "version": settings.ollama.version,
        "environment": unit.environment.sha256,
        "models": [repr(model) for model in settings.ollama.models],
        "swap": repr(settings.swap),
        "service": repr(settings.service),
    }


def due(declared: Declared, snapshot: Snapshot, templates: Path) -> bool:
    """Whether something was declared or changed, or is about to be, since it was verified."""
    files = _Files(declared, snapshot, templates)
    return snapshot.verified != _hash(declared, files) or any(
        _changes(declared, snapshot, files, templates)
    )


def _changes(
    declared: Declared, snapshot: Snapshot, files: _Files, templates: Path
) -> Iterator[bool]:
    if declared.server and files.unit:
        yield bool(service.need(declared.server, snapshot, files.unit).reasons)
        yield bool(models.work(declared.server, snapshot))
    if declared.gateway:
        from pyinfra_ollama.decide.gateway import state as gateway

        yield bool(gateway.certificate_need(declared.gateway, snapshot).reasons)
        yield bool(gateway.need(declared.gateway, files.gateway, snapshot).reasons)
        yield bool(gateway.acme_reasons(declared.gateway, snapshot))
    if declared.metrics or declared.observer:
        from pyinfra_ollama.decide.monitoring.work import needs

        yield bool(needs(declared, files.metrics, snapshot))
    if declared.firewall:
        from pyinfra_ollama.decide.firewall import todo

        work = todo(declared, snapshot)
        yield work is not None and not work.nothing
    if declared.monitoring:
        from pyinfra_ollama.decide import watching

        yield bool(watching.need(declared, snapshot, templates).reasons)
    if declared.backup:
        from pyinfra_ollama.decide.backup.state import repository_reasons, timer_reasons

        yield bool(repository_reasons(declared, snapshot))
        yield bool(timer_reasons(files.backup, snapshot))
