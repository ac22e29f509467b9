"""Metrics and the observer: their files and what runs with them."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context, logger

from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.monitoring import exporter as made
from pyinfra_ollama.decide.monitoring.listening import listening_files
from pyinfra_ollama.decide.monitoring.observer import JUDGE, observer_files
from pyinfra_ollama.decide.monitoring.state import Need, exporters, observers
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import Declared, ObserverSettings
from pyinfra_ollama.snapshot import whole_question

START_SECONDS = 20


@host_operation
def listening(*, declared: Declared) -> Steps:
    """
    Have Debian's programs for monitoring listen on 127.0.0.1 from their first start on.

    + declared: what the host is declared to be
    """
    yield from swapped_in(listening_files(declared), look(whole_question(declared)))


@host_operation
def exporter(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the exporter's code, configuration and unit as declared, judged first.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    snapshot = look(whole_question(declared))
    yield from swapped_in(made.exporter_files(declared, templates), snapshot, made.JUDGE)


@host_operation
def running_exporters(*, declared: Declared, templates: Path) -> Steps:
    """
    Have all exporters run as declared; each is started anew exactly when it runs with other files.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    files = made.exporter_files(declared, templates)
    yield from _running(exporters(declared, files, look(whole_question(declared))))


@host_operation
def configuration(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the files of Prometheus and Alertmanager as declared, judged by promtool and amtool first.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    files = observer_files(_observer(declared), templates)
    yield from swapped_in(files, look(whole_question(declared)), JUDGE)


@host_operation
def running_observer(*, declared: Declared, templates: Path) -> Steps:
    """
    Have Prometheus and Alertmanager run with the declared files, reloaded where that is enough.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    files = observer_files(_observer(declared), templates)
    yield from _running(observers(declared, files, look(whole_question(declared))))


def _running(needs: tuple[Need, ...]) -> Steps:
    if not needs:
        context.host.noop("all of it runs as declared")
        return
    reasons = "; ".join(reason for need in needs for reason in need.reasons)
    context.host.log_styled(reasons, log_func=logger.info, fg="cyan")
    words = [word for need in needs for word in (need.unit, need.action, need.url)]
    yield quiet("stamp", STAMP, "")
    yield shown("units", str(START_SECONDS), *words)


def _observer(declared: Declared) -> ObserverSettings:
    if declared.observer is None:
        raise ValueError(f"no observer is declared for {declared.name}")
    return declared.observer
