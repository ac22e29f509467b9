"""Hosts with metrics and an observer, as declared and as a snapshot finds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.decide.monitoring.listening import arguments
from pyinfra_ollama.decide.monitoring.state import exporter_stamp
from pyinfra_ollama.decide.monitoring.work import monitoring_files
from pyinfra_ollama.settings import Declared, Inventory, Secret, load
from pyinfra_ollama.snapshot import FileState, Snapshot
from pyinfra_ollama.snapshot.monitoring import DaemonState, GrafanaState, MonitoringState
from pyinfra_ollama.snapshot.observing import daemons

from .gateways import TEMPLATES
from .hosts import NOW, host

KEY = {"name": "chat", "secret": Secret.value("canary-key-0123456789")}
HOOK = "https://hooks.example.com/a'b#canary"


def monitored(**variables: Any) -> Declared:
    """A server with metrics which another host observes; keywords are further variables."""
    data: dict[str, dict[str, Any]] = {
        "gpu1": {"ollama": {"models": [{"name": "a"}]}, "metrics": {}, "packages": {"tools": []}}
        | variables,
        "watch": {"observer": {"source_addresses": ["10.0.0.9"]}},
    }
    return load(list(data.items()), Inventory(data=data, groups={}))["gpu1"]


def observing(**fields: Any) -> Declared:
    """A host that observes a server and itself; keywords are fields of its Observer."""
    data: dict[str, dict[str, Any]] = {
        "watch": {
            "observer": {"receiver": {"webhook": Secret.value(HOOK)}, **fields},
            "metrics": {},
            "packages": {"tools": []},
            "ssh_hostname": "10.0.0.9",
        },
        "gpu1": {"ollama": {}, "metrics": {}, "ssh_hostname": "2001:db8::1", "gateway": {}},
    }
    return load([("watch", data["watch"])], Inventory(data=data, groups={}))["watch"]


def texts(declared: Declared) -> dict[str, str]:
    """Its files by their paths."""
    return {file.path: file.content or "" for file in monitoring_files(declared, TEMPLATES)}


def converged(declared: Declared, snapshot: Snapshot | None = None) -> Snapshot:
    """The host with all of it in place and running."""
    files = monitoring_files(declared, TEMPLATES)
    there = {
        file.path: FileState("regular file", file.mode, file.user, file.group, 1, file.sha256)
        for file in files
    }
    running = {
        f"{name}.service": DaemonState(
            "active", "enabled", (f"/usr/bin/{name}", *arguments(declared, name))
        )
        for name in daemons(declared)
    }
    own = [file for file in files if file.path in layout.monitoring.EXPORTER_STAMPED]
    if own:
        running[layout.monitoring.EXPORTER_UNIT] = DaemonState("active", "enabled", ("python3",))
    observed = declared.observer is not None
    found = snapshot or host()
    return replace(
        found,
        files={**found.files, **there},
        monitoring=MonitoringState(
            daemons=running,
            exporter=exporter_stamp(own) if own else None,
            taken={"prometheus": NOW - 9.5, "alertmanager": NOW - 9.5} if observed else {},
            changed=dict.fromkeys(layout.monitoring.OBSERVER_FILES, NOW - 10.0) if observed else {},
        ),
    )


def with_monitoring(snapshot: Snapshot, **changes: Any) -> Snapshot:
    """The host with other words about its monitoring."""
    assert snapshot.monitoring is not None
    return replace(snapshot, monitoring=replace(snapshot.monitoring, **changes))


def with_daemon(snapshot: Snapshot, unit: str, **changes: Any) -> Snapshot:
    """The host with one unit in another state."""
    assert snapshot.monitoring is not None
    daemons = dict(snapshot.monitoring.daemons)
    daemons[unit] = replace(daemons[unit], **changes)
    return with_monitoring(snapshot, daemons=daemons)


def with_grafana(snapshot: Snapshot, active: str = "active", started: float = NOW) -> Snapshot:
    """The host with a Grafana of its own package."""
    found = snapshot.monitoring or MonitoringState()
    running = started if active == "active" else None
    return replace(snapshot, monitoring=replace(found, grafana=GrafanaState(active, running)))
