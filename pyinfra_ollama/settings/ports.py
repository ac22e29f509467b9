"""Whether what a host runs for monitoring has ports that nothing else there has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Setting
from .gateway import Gateway
from .metrics import PASSED_ON, Metrics
from .observer import Observer
from .ollama import Ollama
from .problems import Problem


def ports(host: str, parts: Mapping[str, Setting]) -> Iterator[Problem]:
    """Each port of monitoring that something else has, or a port of monitoring before it."""
    metrics, observer = parts.get("metrics"), parts.get("observer")
    taken: dict[int, str] = {}
    if isinstance(ollama := parts.get("ollama"), Ollama):
        taken[ollama.port] = "Ollama"
    if isinstance(gateway := parts.get("gateway"), Gateway):
        taken |= dict.fromkeys((*gateway.ports, gateway.status_port), "the gateway")
    wanted: list[tuple[str, int, str]] = []
    if isinstance(observer, Observer):
        wanted.append(("observer.port", observer.port, "Prometheus"))
        wanted.append(("observer.alertmanager_port", observer.alertmanager_port, "Alertmanager"))
    if isinstance(metrics, Metrics):
        taken |= {port: "Debian's exporters" for port, _ in PASSED_ON.values()}
        wanted.append(("metrics.port", metrics.port, "the exporter"))
    for path, port, owner in wanted:
        if port in taken:
            yield Problem(
                hosts=(host,),
                path=path,
                seen=f"{port}, the port of {taken[port]} on this host",
                accepted="a port that nothing else has",
                remedy=f"write another number for {path.rpartition('.')[2]}",
            )
        taken.setdefault(port, owner)
