"""From settings and a host's answers to its plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyinfra_ollama.decide import packages, preflight, swap
from pyinfra_ollama.decide.files import ManagedFile, changed, readable
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.plan import gateway, server, system
from pyinfra_ollama.decide.plan.change import Change, HostPlan
from pyinfra_ollama.decide.plan.firewall import firewall as firewall_changes
from pyinfra_ollama.decide.plan.written import reloaded, written
from pyinfra_ollama.decide.reach import Answer, Ask
from pyinfra_ollama.decide.unit import unit_files
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
    if declared.observer:
        from pyinfra_ollama.decide.monitoring.grafana import grafana_files

        files += grafana_files(declared.observer, snapshot, templates)
    if declared.monitoring:
        from pyinfra_ollama.decide.plan.watching import files as of_monitoring

        files += of_monitoring(declared, templates)
    if declared.backup:
        from pyinfra_ollama.decide.plan.backup import files as of_backup

        files += of_backup(declared, templates)
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
    # Each of these roles takes its time to import, and most hosts have none of them.
    if declared.metrics or declared.observer:
        from pyinfra_ollama.decide.plan.monitoring import listening

        yield from listening(declared, snapshot, texts)
    yield from system.packages(declared, snapshot)
    yield from firewall_changes(declared, snapshot)
    if declared.server:
        yield from _of_server(declared.server, snapshot, asked, answers, texts, templates)
    if declared.gateway:
        files = gateway_files(declared.gateway, snapshot, templates)
        yield from gateway.certificate(declared.gateway, snapshot)
        yield from gateway.fetched(declared.gateway, snapshot, declared.name)
        yield from written(Step.GATEWAY_FILES, files, snapshot, texts)
        yield from gateway.serving(declared.gateway, files, snapshot)
        yield from gateway.acme(declared.gateway, snapshot)
    if declared.metrics or declared.observer:
        from pyinfra_ollama.decide.plan import monitoring

        yield from monitoring.changes(declared, snapshot, texts, templates)
    if declared.monitoring:
        from pyinfra_ollama.decide.plan import watching

        yield from watching.changes(declared, snapshot, texts, templates)
    if declared.backup:
        from pyinfra_ollama.decide.plan import backup

        yield from backup.changes(declared, snapshot, texts, templates)
    yield from server.verification(declared, snapshot, templates)


def _of_server(
    settings: HostSettings,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer],
    texts: Mapping[str, str],
    templates: Path,
) -> Iterator[Change]:
    unit = unit_files(settings, snapshot, templates)
    yield from written(Step.SWAPPINESS, _swap_files(settings, templates), snapshot, texts)
    yield from system.swapfile(settings, snapshot)
    yield from system.account(settings, snapshot)
    yield from server.release(settings, snapshot, answers)
    yield from reloaded(Step.UNIT, unit.files, snapshot, texts)
    yield from server.service(settings, snapshot, unit)
    yield from server.tidy(settings, snapshot)
    yield from server.models(settings, snapshot, asked, answers)


def _swap_files(settings: HostSettings, templates: Path) -> tuple[ManagedFile, ...]:
    return swap.files(settings.swap, templates) if settings.swap else ()
