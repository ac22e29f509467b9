"""From settings and a host's answers to its plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyinfra_ollama.decide import packages, preflight, swap
from pyinfra_ollama.decide.files import ManagedFile, change, changed, readable
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.plan import gateway, server, system, watching
from pyinfra_ollama.decide.plan.change import Change, HostPlan
from pyinfra_ollama.decide.plan.firewall import firewall as firewall_changes
from pyinfra_ollama.decide.reach import Answer, Ask
from pyinfra_ollama.decide.unit import UnitFiles, unit_files
from pyinfra_ollama.decide.watching import tool_files
from pyinfra_ollama.decide.watching import unit_files as monitor_units
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared, HostSettings
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def foretell(
    declared: Declared,
    snapshot: Snapshot,
    *,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer] | None,
    texts: Mapping[str, str],
    templates: Path,
) -> HostPlan:
    """The plan of a host.

    + asked, answers: as for preflight; answers is None when the network was not asked
    + texts: the present text of the files that `texts_to_read` names
    + templates: the folder of the templates
    """
    findings = preflight.findings(declared, snapshot, asked, answers)
    notable = tuple(finding for finding in findings if finding.level != "ok")
    plan = HostPlan((), notable)
    if plan.refused:
        return plan
    reboot = packages.reboot_note(snapshot)
    if reboot:
        notable = (*notable, Finding("warning", "reboot", reboot))
    try:
        steps = _changes(declared, snapshot, asked, answers or {}, texts, templates)
        return HostPlan(tuple(steps), notable)
    except RefusedError as refusal:
        return refused(str(refusal))


def refused(reason: str) -> HostPlan:
    """The plan of a host for which a decision could not even be made."""
    return HostPlan((), (Finding("failure", "answer", reason),))


def texts_to_read(declared: Declared, snapshot: Snapshot, templates: Path) -> tuple[str, ...]:
    """Files whose present text is needed for a diff; RefusedError as in a run."""
    files: list[ManagedFile] = []
    if settings := declared.server:
        unit = unit_files(settings, snapshot, templates)
        files += [*_swap_files(settings, templates), *unit.files]
    if declared.gateway:
        files += gateway_files(declared.gateway, snapshot, templates)
    if declared.metrics or declared.observer:
        from pyinfra_ollama.decide.monitoring.work import monitoring_files

        files += monitoring_files(declared, templates)
    if declared.monitoring:
        files += [*tool_files(declared, templates), *monitor_units(declared, templates)]
    if declared.backup:
        files += _backup_files(declared, templates)
    return readable(changed(files, snapshot.files), snapshot.files)


def _changes(
    declared: Declared,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer],
    texts: Mapping[str, str],
    templates: Path,
) -> Iterator[Change]:
    """In the order of deploy.py and its tasks."""
    if declared.metrics or declared.observer:
        yield from _listening(declared, snapshot, texts)
    yield from system.packages(declared, snapshot)
    yield from firewall_changes(declared, snapshot)
    if declared.server:
        yield from _of_server(declared.server, snapshot, asked, answers, texts, templates)
    if declared.gateway:
        files = gateway_files(declared.gateway, snapshot, templates)
        yield from gateway.certificate(declared.gateway, snapshot)
        yield from gateway.fetched(declared.gateway, snapshot, declared.name)
        yield from _files(Step.GATEWAY_FILES, files, snapshot, texts)
        yield from gateway.serving(declared.gateway, files, snapshot)
        yield from gateway.acme(declared.gateway, snapshot)
    if declared.metrics or declared.observer:
        yield from _observed(declared, snapshot, texts, templates)
    if declared.monitoring:
        yield from _monitoring(declared, snapshot, texts, templates)
    if declared.backup:
        yield from _of_backup(declared, snapshot, texts, templates)
    yield from server.verification(declared, snapshot, templates)


def _listening(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str]
) -> Iterator[Change]:
    from pyinfra_ollama.decide.monitoring.listening import listening_files

    yield from _files(Step.LISTENING, listening_files(declared), snapshot, texts)


def _observed(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str], templates: Path
) -> Iterator[Change]:
    # What follows takes its time to import, and most hosts have none of it.
    from pyinfra_ollama.decide.monitoring import exporter, observer, state
    from pyinfra_ollama.decide.plan.monitoring import units

    if declared.metrics:
        files = exporter.exporter_files(declared, templates)
        yield from _files(Step.EXPORTER_FILES, files, snapshot, texts)
        yield from units(Step.EXPORTERS, state.exporters(declared, files, snapshot))
    if declared.observer:
        files = observer.observer_files(declared.observer, templates)
        yield from _files(Step.OBSERVER_FILES, files, snapshot, texts)
        yield from units(Step.OBSERVER, state.observers(declared, files, snapshot))


def _of_server(
    settings: HostSettings,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer],
    texts: Mapping[str, str],
    templates: Path,
) -> Iterator[Change]:
    unit = unit_files(settings, snapshot, templates)
    yield from _files(Step.SWAPPINESS, _swap_files(settings, templates), snapshot, texts)
    yield from system.swapfile(settings, snapshot)
    yield from system.account(settings, snapshot)
    yield from server.release(settings, snapshot, answers)
    yield from _unit(unit, snapshot, texts)
    yield from server.service(settings, snapshot, unit)
    yield from server.tidy(settings, snapshot)
    yield from server.models(settings, snapshot, asked, answers)


def _of_backup(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str], templates: Path
) -> Iterator[Change]:
    from pyinfra_ollama.decide.backup.files import unit_files as backup_units
    from pyinfra_ollama.decide.plan import backup

    yield from _files(Step.BACKUP_FILES, _backup_files(declared, templates), snapshot, texts)
    yield from backup.repository(declared, snapshot)
    yield from backup.timers(backup_units(declared, templates), snapshot)


def _backup_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    # Takes its time to import, and many hosts declare none.
    from pyinfra_ollama.decide.backup import files

    return (*files.tool_files(declared, templates), *files.unit_files(declared, templates))


def _swap_files(settings: HostSettings, templates: Path) -> tuple[ManagedFile, ...]:
    return swap.files(settings.swap, templates) if settings.swap else ()


def _files(
    operation: Step,
    files: Iterable[ManagedFile],
    snapshot: Snapshot,
    texts: Mapping[str, str],
) -> Iterator[Change]:
    for file in changed(files, snapshot.files):
        seen = change(file, snapshot.files.get(file.path), texts.get(file.path))
        yield Change(operation, seen.action, seen.path, file=seen)


def _unit(unit: UnitFiles, snapshot: Snapshot, texts: Mapping[str, str]) -> Iterator[Change]:
    yield from _reloaded(Step.UNIT, unit.files, snapshot, texts)


def _reloaded(
    operation: Step,
    files: Iterable[ManagedFile],
    snapshot: Snapshot,
    texts: Mapping[str, str],
) -> Iterator[Change]:
    written = tuple(_files(operation, files, snapshot, texts))
    yield from written
    if written:
        yield Change(operation, "reload", "systemd", note="it reads its units anew")


def _monitoring(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str], templates: Path
) -> Iterator[Change]:
    tools, units = tool_files(declared, templates), monitor_units(declared, templates)
    yield from _files(Step.MONITORING_TOOLS, tools, snapshot, texts)
    yield from _reloaded(Step.MONITORING_UNITS, units, snapshot, texts)
    yield from watching.watching(declared, snapshot, templates)
