"""What /etc/pyinfra-ollama/exporter.json says; made from the settings of the deployment."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Settings:
    """`passed`: paths that are answered with a page of another exporter on this machine."""

    address: str = "127.0.0.1"
    port: int = 9434
    observers: tuple[str, ...] = ()
    server: tuple[str, int] | None = None
    unit: str = "ollama.service"
    version: str = ""
    models: tuple[str, ...] = ()
    log: str = ""
    callers: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    tls: tuple[str, int] | None = None
    passed: dict[str, tuple[int, str]] = field(default_factory=dict)
    stamped: tuple[str, ...] = ()


def read(path: Path) -> Settings:
    """The settings in a file; ValueError says what is wrong with it."""
    found = json.loads(path.read_text(encoding="utf-8"))
    known = {each.name for each in fields(Settings)}
    if not isinstance(found, dict) or set(found) - known:
        raise ValueError(f"expected an object with {', '.join(sorted(known))}")
    for address in found.get("observers", ()):
        ipaddress.ip_address(address)
    return Settings(**{key: _frozen(value) for key, value in found.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return value
