"""What monitoring needs to be as declared: read off the host's state alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.monitoring.listening import arguments
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.monitoring import DaemonState, MonitoringState
from pyinfra_ollama.snapshot.observing import authority, daemons

_ABSENT = DaemonState("inactive", "disabled", ())
_READ = {
    layout.monitoring.PROMETHEUS: (
        "prometheus",
        (layout.monitoring.PROMETHEUS_CONFIG, layout.monitoring.PROMETHEUS_RULES),
    ),
    layout.monitoring.ALERTMANAGER: ("alertmanager", (layout.monitoring.ALERTMANAGER_CONFIG,)),
}


@dataclass(frozen=True)
class Need:
    """What has to be done to a unit, why, and where it then has to answer."""

    unit: str
    action: Literal["restart", "reload"]
    url: str
    reasons: tuple[str, ...]


def exporter_stamp(files: Iterable[ManagedFile]) -> str:
    """The hash that an exporter with these files tells of itself."""
    lines = (f"{file.sha256}  {file.path}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def exporters(
    declared: Declared, files: Iterable[ManagedFile], snapshot: Snapshot
) -> tuple[Need, ...]:
    """The exporters of a host that have to be started or started anew."""
    found = snapshot.monitoring or MonitoringState()
    if declared.metrics is None:
        return ()
    own = found.daemons.get(layout.monitoring.EXPORTER_UNIT, _ABSENT)
    reasons = [*_running(layout.monitoring.EXPORTER_UNIT, own)]
    if not reasons and found.exporter != exporter_stamp(files):
        reasons.append("it was started with other files")
    needs = [
        _need(
            layout.monitoring.EXPORTER_UNIT, f"http://{authority(declared.metrics)}/stamp", reasons
        )
    ]
    for name in daemons(declared):
        if name not in _READ:
            needs.append(_daemon(declared, name, found))
    return tuple(need for need in needs if need.reasons)


def observers(
    declared: Declared, files: Iterable[ManagedFile], snapshot: Snapshot
) -> tuple[Need, ...]:
    """Prometheus and Alertmanager, where they have to be started or to read their files anew."""
    found = snapshot.monitoring or MonitoringState()
    if declared.observer is None:
        return ()
    written = {file.path for file in _changed(files, snapshot)}
    needs = []
    for name, (short, paths) in _READ.items():
        need = _daemon(declared, name, found)
        if not need.reasons and (reason := _unread(short, paths, found, written)):
            need = Need(need.unit, "reload", need.url, (reason,))
        needs.append(need)
    return tuple(need for need in needs if need.reasons)


def _changed(files: Iterable[ManagedFile], snapshot: Snapshot) -> Iterator[ManagedFile]:
    for file in files:
        there = snapshot.files.get(file.path)
        if there is None or there.sha256 != file.sha256:
            yield file


def _unread(short: str, paths: tuple[str, ...], found: MonitoringState, written: set[str]) -> str:
    """Why a program that runs has to read its files; nothing when it has."""
    if written & set(paths):
        return "its files are about to change"
    taken = found.taken.get(short)
    if taken is None:
        return "it has not taken its configuration"
    if any(found.changed.get(path, 0) >= taken for path in paths):
        return "its files changed since it read them"
    return ""


def _daemon(declared: Declared, name: str, found: MonitoringState) -> Need:
    unit, words = f"{name}.service", arguments(declared, name)
    there = found.daemons.get(unit, _ABSENT)
    reasons = [*_running(name, there)]
    # Its first word is the program; one option more is another start too.
    if not reasons and sorted(words) != sorted(there.words[1:]):
        reasons.append("it was started with other arguments")
    address = words[0].partition("=")[2]
    path = "/-/ready" if name in _READ else "/metrics"
    return _need(unit, f"http://{address}{path}", reasons)


def _need(unit: str, url: str, reasons: list[str]) -> Need:
    return Need(unit, "restart", url, tuple(f"{unit}: {reason}" for reason in reasons))


def _running(name: str, there: DaemonState) -> Iterator[str]:
    if there.active != "active":
        yield f"it is {there.active}"
    if there.enabled != "enabled":
        yield "it is not enabled"
