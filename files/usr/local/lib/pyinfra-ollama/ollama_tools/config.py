"""The configuration of the tools, /etc/pyinfra-ollama/monitoring.json, as deployments write it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["PATH", "Config", "ConfigError", "Notify", "Service", "load"]

PATH = Path("/etc/pyinfra-ollama/monitoring.json")


class ConfigError(Exception):
    """The configuration cannot be read; the text says where and what to do."""


@dataclass(frozen=True)
class Service:
    """One unit that is looked after, and where it is asked whether it answers.

    `start_seconds`: how long it may take after a start. `queue`: connections that fill it, 0 for
    a service whose queue is not looked at.
    """

    unit: str
    url: str
    path: str
    start_seconds: int
    queue: int = 0

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80


@dataclass(frozen=True)
class Notify:
    """Who is told; `webhook` is the file that holds the address, or None."""

    command: tuple[str, ...]
    webhook: Path | None
    repeat_seconds: int


@dataclass(frozen=True)
class Config:
    """All of it; `server` is the Ollama among the services, where there is one."""

    services: tuple[Service, ...]
    models: tuple[str, ...]
    chat_models: tuple[str, ...]
    disks: tuple[str, ...]
    memory_percent: int
    disk_percent: int
    queue_percent: int
    answer_seconds: float
    interval_seconds: int
    repair: bool
    notify: Notify | None
    prompts: tuple[str, ...]

    @property
    def server(self) -> Service | None:
        return next((one for one in self.services if one.queue), None)


def load(path: Path = PATH) -> Config:
    """Read the file. Raises `ConfigError`."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return _config(said)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; deploy this host") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} is damaged ({error!r}); deploy this host anew") from error


def _config(said: dict[str, Any]) -> Config:
    notify = said["notify"]
    return Config(
        services=tuple(Service(**one) for one in said["services"]),
        models=tuple(said["models"]),
        chat_models=tuple(said["chat_models"]),
        disks=tuple(said["disks"]),
        memory_percent=int(said["memory_percent"]),
        disk_percent=int(said["disk_percent"]),
        queue_percent=int(said["queue_percent"]),
        answer_seconds=float(said["answer_seconds"]),
        interval_seconds=int(said["interval_seconds"]),
        repair=bool(said["repair"]),
        notify=_notify(notify) if notify else None,
        prompts=tuple(said["prompts"]),
    )


def _notify(said: dict[str, Any]) -> Notify:
    webhook = Path(said["webhook"]) if said["webhook"] else None
    return Notify(tuple(said["command"]), webhook, int(said["repeat_seconds"]))
