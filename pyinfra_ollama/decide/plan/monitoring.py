"""What would change of the exporters and the observer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyinfra_ollama.decide.monitoring import exporter, grafana, observer, state
from pyinfra_ollama.decide.monitoring.listening import listening_files
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.decide.plan.written import written
from pyinfra_ollama.layout import grafana as layout
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def listening(declared: Declared, snapshot: Snapshot, texts: Mapping[str, str]) -> Iterator[Change]:
    """Where Debian's programs are to listen."""
    yield from written(Step.LISTENING, listening_files(declared), snapshot, texts)


def changes(
    declared: Declared, snapshot: Snapshot, texts: Mapping[str, str], templates: Path
) -> Iterator[Change]:
    """Files and units of exporters and observer."""
    if declared.metrics:
        files = exporter.exporter_files(declared, templates)
        yield from written(Step.EXPORTER_FILES, files, snapshot, texts)
        yield from units(Step.EXPORTERS, state.exporters(declared, files, snapshot))
    if declared.observer:
        files = observer.observer_files(declared.observer, templates)
        yield from written(Step.OBSERVER_FILES, files, snapshot, texts)
        yield from units(Step.OBSERVER, state.observers(declared, files, snapshot))
        files = grafana.grafana_files(declared.observer, snapshot, templates)
        yield from written(Step.OBSERVER_GRAFANA, files, snapshot, texts)
        if why := grafana.reasons(files, snapshot):
            yield Change(Step.OBSERVER_GRAFANA, "restart", layout.UNIT, why=why)


def units(step: Step, needs: Iterable[state.Need]) -> Iterator[Change]:
    """Units that are started, started anew or reloaded."""
    for need in needs:
        yield Change(step, need.action, need.unit, why=need.reasons)
