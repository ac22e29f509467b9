"""What a run asks a host about its metrics and its observer."""

from __future__ import annotations

from dataclasses import replace

from pyinfra_ollama import layout
from pyinfra_ollama.layout import grafana
from pyinfra_ollama.settings import Declared, MetricsSettings
from pyinfra_ollama.snapshot.question import Question


def of_monitoring(declared: Declared, asked: Question) -> Question:
    """The question with the files and units of monitoring."""
    names = daemons(declared)
    files = [*asked.files, *(layout.monitoring.DEFAULTS[name] for name in names)]
    exporter = ""
    ports: tuple[str, ...] = ()
    if declared.metrics:
        files += layout.monitoring.EXPORTER_STAMPED
        exporter = authority(declared.metrics)
    if observes := declared.observer:
        files += (*layout.monitoring.OBSERVER_FILES, *grafana.FILES)
        ports = (f"{observes.observer.port} {observes.observer.alertmanager_port}",)
    own = (layout.monitoring.EXPORTER_UNIT,) if declared.metrics else ()
    units = " ".join((*own, *(f"{name}.service" for name in names)))
    return replace(asked, files=tuple(files), metrics=(units, exporter), observer=ports)


def daemons(declared: Declared) -> tuple[str, ...]:
    """Debian's programs that the host runs for monitoring; each has a unit of its name."""
    names: tuple[str, ...] = (layout.monitoring.NODE_EXPORTER,) if declared.metrics else ()
    if declared.metrics and declared.gateway:
        names = (*names, layout.monitoring.NGINX_EXPORTER)
    return (
        (*names, layout.monitoring.PROMETHEUS, layout.monitoring.ALERTMANAGER)
        if declared.observer
        else names
    )


def authority(settings: MetricsSettings) -> str:
    """Where the host itself asks its exporter."""
    local = {"::": "127.0.0.1", "0.0.0.0": "127.0.0.1"}.get(settings.address, settings.address)
    local = f"[{local}]" if ":" in local else local
    return f"{local}:{settings.metrics.port}"
