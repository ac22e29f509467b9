"""The exporter's files: its code, its unit, and its configuration made of the settings."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.gateway.endpoints import endpoints
from pyinfra_ollama.decide.gateway.routing import routing
from pyinfra_ollama.render import plain, render
from pyinfra_ollama.settings import Declared, GatewaySettings, HostSettings
from pyinfra_ollama.settings.metrics import PASSED_ON, MetricsSettings

# What it starts does not lie in its place yet, so the unit is judged with another command, and the
# exporter itself by having it print a page. systemd-analyze ends with 0 on settings it ignores.
JUDGE = (
    f'sed "s,^ExecStart=.*,ExecStart=/bin/true," "$stage{layout.monitoring.EXPORTER_UNIT_FILE}" '
    f'>"$stage/{layout.monitoring.EXPORTER_UNIT}" && '
    f'said=$(systemd-analyze verify --man=no "$stage/{layout.monitoring.EXPORTER_UNIT}" 2>&1) && '
    '! printf "%s" "$said" | grep -E "$stage.*(ignor|nknown)" && '
    f'cd "$stage{layout.monitoring.EXPORTER_FOLDER}/.." && '
    f"python3 -B -m ollama_exporter --config "
    f'"$stage{layout.monitoring.EXPORTER_CONFIG}" --once >/dev/null || '
    '{ printf "%s\\n" "$said"; exit 1; }'
)


def exporter_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """All that it consists of."""
    metrics = declared.metrics
    if metrics is None:
        raise ValueError(f"no metrics are declared for {declared.name}")
    unit = render(
        templates,
        f"{layout.monitoring.EXPORTER_UNIT_FILE[1:]}.j2",
        layout=layout,
        reads_logs=declared.gateway is not None,
    )
    return tuple(
        ManagedFile(
            path,
            _text(path, unit, declared, metrics, templates),
            mode=_mode(path),
            program=path.startswith("/usr/"),
        )
        for path in layout.monitoring.EXPORTER_STAMPED
    )


def _mode(path: str) -> str:
    return "755" if path == layout.monitoring.EXPORTER_COMMAND else "644"


def _text(
    path: str, unit: str, declared: Declared, metrics: MetricsSettings, templates: Path
) -> str:
    if path == layout.monitoring.EXPORTER_UNIT_FILE:
        return unit
    if path == layout.monitoring.EXPORTER_CONFIG:
        found = configuration(declared, metrics)
        return json.dumps(found, indent=2, sort_keys=True) + "\n"
    return plain(templates, path)


def configuration(declared: Declared, metrics: MetricsSettings) -> dict[str, object]:
    """What the exporter reads; nothing in it is secret."""
    passed = {path: place for path, place in PASSED_ON.items() if path != "/nginx"}
    if declared.gateway:
        passed = dict(PASSED_ON)
    return {
        "address": metrics.address,
        "port": metrics.metrics.port,
        "observers": list(metrics.observers),
        "passed": {path: list(place) for path, place in passed.items()},
        "stamped": list(layout.monitoring.EXPORTER_STAMPED),
        **(_of_server(declared.server) if declared.server else {}),
        **(_of_gateway(declared.gateway) if declared.gateway else {}),
    }


def _of_server(settings: HostSettings) -> dict[str, object]:
    ollama = settings.ollama
    return {
        "server": [_local(ollama.host), ollama.port],
        "unit": layout.UNIT,
        "version": ollama.version,
        "models": sorted(model.canonical for model in ollama.models),
    }


def _of_gateway(settings: GatewaySettings) -> dict[str, object]:
    gateway = settings.gateway
    offered = endpoints(settings, routing(settings))
    return {
        "log": f"{layout.GATEWAY_LOGS}/gateway.log",
        "callers": sorted([*(key.name for key in gateway.keys), *(u.name for u in gateway.users)]),
        "endpoints": sorted({one.path for one in offered if not one.pattern}),
        "tls": [_local(gateway.listen[0]), gateway.main_port] if gateway.tls else None,
    }


def _local(address: str) -> str:
    """Where the host itself reaches what listens there."""
    return "127.0.0.1" if ipaddress.ip_address(address).is_unspecified else address
