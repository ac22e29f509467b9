"""What a Grafana of its own package is given on an observer, and when it has to be started anew.

Outside behaviour relied on (read in Grafana's packaging and source, 2026-11; never tried with a
Grafana): its package gives /etc/grafana to root and the group grafana with mode 640, at each
upgrade again; data sources and providers are read at its start, a provider's dashboards at every
interval; it listens only after it took them, and ends when it cannot.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from pyinfra_ollama.decide.files import ManagedFile, differs
from pyinfra_ollama.layout import grafana
from pyinfra_ollama.render import plain, render
from pyinfra_ollama.settings import ObserverSettings
from pyinfra_ollama.snapshot import Snapshot

UID = "pyinfra-ollama"


def grafana_files(
    settings: ObserverSettings, snapshot: Snapshot, templates: Path
) -> tuple[ManagedFile, ...]:
    """The data source, the provider and the dashboard; none of them without its package."""
    observer = settings.observer
    if not (observer.grafana and snapshot.monitoring and snapshot.monitoring.grafana):
        return tuple(ManagedFile(path, None) for path in grafana.FILES)
    place = str(PurePosixPath(grafana.DASHBOARD).parent)
    values = {"observer": observer, "uid": UID, "place": place}
    made = {path: render(templates, f"{path[1:]}.j2", **values) for path in grafana.PROVISIONING}
    text = dashboard(plain(templates, grafana.DASHBOARD), observer.runbooks.rstrip("/"))
    return (
        *(ManagedFile(path, made[path], mode="640", group=grafana.GROUP) for path in made),
        ManagedFile(grafana.DASHBOARD, text, program=True),
    )


def dashboard(text: str, runbooks: str) -> str:
    """The dashboard with its variables set to what is here."""
    board: dict[str, Any] = json.loads(text)
    for one in board["templating"]["list"]:
        if one["name"] == "datasource":
            one["current"] = {"text": "Prometheus of pyinfra-ollama", "value": UID}
        if one["name"] == "runbooks":
            one["query"] = runbooks
            one["current"] = {"text": runbooks, "value": runbooks}
    return json.dumps(board, indent=2) + "\n"


def reasons(files: tuple[ManagedFile, ...], snapshot: Snapshot) -> tuple[str, ...]:
    """Why a Grafana that runs has to be started anew; one that does not run is left alone."""
    found = snapshot.monitoring
    if found is None or found.grafana is None or found.grafana.active != "active":
        return ()
    read = [file for file in files if file.path in grafana.PROVISIONING]
    if any(differs(file, snapshot.files.get(file.path)) for file in read):
        return (f"{grafana.UNIT}: its data source or provider is about to change",)
    started = found.grafana.started
    if started is None or any(found.changed.get(file.path, 0) >= started for file in read):
        return (f"{grafana.UNIT}: its data source or provider changed since it was started",)
    return ()
