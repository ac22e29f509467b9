"""The dashboard, for a Grafana that a person has on an observer."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context, logger

from pyinfra_ollama.commands import shown
from pyinfra_ollama.decide.files import changed
from pyinfra_ollama.decide.monitoring.grafana import grafana_files, reasons
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question

START_SECONDS = 60


@host_operation
def provisioned(*, declared: Declared, templates: Path) -> Steps:
    """
    Have Grafana read the observer's Prometheus and the dashboard, where its package is installed.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    if declared.observer is None:
        raise ValueError(f"no observer is declared for {declared.name}")
    snapshot = look(whole_question(declared))
    files = grafana_files(declared.observer, snapshot, templates)
    why = reasons(files, snapshot)
    if changed(files, snapshot.files):
        yield from swapped_in(files, snapshot)
    elif not why:
        there = any(file.content is not None for file in files)
        context.host.noop("Grafana has the dashboard" if there else "no Grafana is to have it")
    if why:
        context.host.log_styled("; ".join(why), log_func=logger.info, fg="cyan")
        yield shown("grafana", str(START_SECONDS))
