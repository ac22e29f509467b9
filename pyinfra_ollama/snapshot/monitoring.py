"""Parse what scripts/snapshot-metrics.sh and scripts/snapshot-observer.sh say.

Outside behaviour relied on (Debian 12, 2026-11; also 2.53 and 0.28 of Debian 13):
Prometheus 2.42 and Alertmanager 0.25 tell in their own metrics when they took their
configuration last (`*_config_last_reload_success_timestamp_seconds`) and whether they did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyinfra_ollama.snapshot.lines import many, pairs


@dataclass(frozen=True)
class DaemonState:
    """A unit as systemd sees it, and the words that its process was started with."""

    active: str
    enabled: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class GrafanaState:
    """A Grafana of its own package; `started`: in seconds since 1970, None while it is not."""

    active: str
    started: float | None


@dataclass(frozen=True)
class MonitoringState:
    """`daemons` by unit; `exporter`: the hash of what it was started with, None when it is silent.

    `taken`: when Prometheus ("prometheus") and Alertmanager ("alertmanager") took their
    configuration, missing for one that refused it or is silent; `changed`: when a file was put in
    place; both in seconds since 1970. `foreign`: files that a person wrote where ours would go.
    `grafana`: None where its package is not installed.
    """

    daemons: Mapping[str, DaemonState] = field(default_factory=dict)
    exporter: str | None = None
    taken: Mapping[str, float] = field(default_factory=dict)
    changed: Mapping[str, float] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    grafana: GrafanaState | None = None


def monitoring_state(sections: Mapping[str, list[str]]) -> MonitoringState:
    """The state of monitoring."""
    lines = sections["monitoring"]
    daemons = {}
    for row in many(lines, "unit"):
        name, active, enabled, words = row.split("|", 3)
        daemons[name] = DaemonState(active, enabled, tuple(words.split()))
    observer = sections.get("observer", [])
    said = pairs(observer)
    moved = (row.split(" ", 1) for row in many(observer, "changed"))
    return MonitoringState(
        daemons=daemons,
        exporter=pairs(lines).get("exporter") or None,
        taken={
            name: float(said[f"{name}_success_timestamp_seconds"])
            for name in ("prometheus", "alertmanager")
            if said.get(f"{name}_successful") == "1"
        },
        changed={path: float(seconds) for seconds, path in moved},
        foreign=tuple(many(observer, "foreign")),
        grafana=_grafana(said.get("grafana")),
    )


def _grafana(said: str | None) -> GrafanaState | None:
    if said is None:
        return None
    active, started = said.split("|")
    return GrafanaState(active, float(started) if started else None)
