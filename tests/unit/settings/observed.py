"""Hosts with metrics and hosts that observe them, loaded together."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.settings import Declared, Inventory, Secret, SettingsError, load

GATEWAY = {"keys": [{"name": "chat", "secret": Secret.value("canary-0123456789-abcdef")}]}


def loaded(groups: dict[str, tuple[str, ...]] | None = None, **hosts: Any) -> dict[str, Declared]:
    """What hosts are, by names with "_" for "."; all of them are asked for."""
    data = {name.replace("_", "."): value for name, value in hosts.items()}
    return load(list(data.items()), Inventory(data=data, groups=groups or {}))


def problems(**hosts: Any) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as caught:
        loaded(**hosts)
    return [(problem.path, problem.seen) for problem in caught.value.problems]


SERVER: dict[str, Any] = {"ollama": {}, "metrics": {}, "ssh_hostname": "10.0.0.1"}
WATCH: dict[str, Any] = {"observer": {}, "ssh_hostname": "10.0.0.9"}
