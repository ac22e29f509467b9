"""What the host's own tools are told: /etc/pyinfra-ollama/monitoring.json."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.settings import Declared, Monitoring, Notify, duration_seconds

NGINX_SECONDS = 15


def configuration(declared: Declared, monitoring: Monitoring) -> str:
    """The file as JSON."""
    server = declared.server
    models = server.ollama.models if server else ()
    folders = [server.ollama.models_dir, layout.OPT] if server else []
    values: dict[str, object] = {
        "about": "Managed by pyinfra-ollama: change the group data of this host, not this file.",
        "services": list(_services(declared)),
        "models": [model.canonical for model in models],
        "chat_models": [model.canonical for model in models if model.role == "chat"],
        "disks": [*folders, "/", "/var/log"],
        "memory_percent": monitoring.memory_percent,
        "disk_percent": monitoring.disk_percent,
        "queue_percent": monitoring.queue_percent,
        "answer_seconds": answer_seconds(monitoring),
        "interval_seconds": round(duration_seconds(monitoring.interval)),
        "repair": monitoring.repair,
        "notify": _notify(monitoring.notify) if monitoring.notify else None,
        "prompts": list(monitoring.benchmark_prompts),
    }
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _notify(notify: Notify) -> dict[str, object]:
    return {
        "command": list(notify.command),
        "webhook": layout.monitoring.WEBHOOK if notify.webhook else None,
        "repeat_seconds": round(duration_seconds(notify.repeat)),
    }


def _services(declared: Declared) -> Iterator[dict[str, object]]:
    found = dict(starts(declared))
    if declared.server:
        ollama = declared.server.ollama
        yield {
            "unit": layout.UNIT,
            "url": ollama.base_url,
            "path": "/api/version",
            "start_seconds": found[layout.UNIT],
            "queue": ollama.max_queue,
        }
    if declared.gateway:
        yield {
            "unit": layout.NGINX_UNIT,
            "url": f"http://127.0.0.1:{declared.gateway.gateway.status_port}",
            "path": "/stamp",
            "start_seconds": found[layout.NGINX_UNIT],
            "queue": 0,
        }


def starts(declared: Declared) -> Iterator[tuple[str, int]]:
    """Each unit that is looked after, and how long it may take to start."""
    if declared.server:
        yield layout.UNIT, declared.server.service.start_timeout_seconds
    if declared.gateway:
        yield layout.NGINX_UNIT, NGINX_SECONDS


def answer_seconds(monitoring: Monitoring) -> int:
    """How long a service may take to answer."""
    return round(duration_seconds(monitoring.answer))
