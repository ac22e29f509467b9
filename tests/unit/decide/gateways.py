"""Gateways for the tests of decisions, and a host that serves one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.gateway.state import LOG, LOGS, stamp
from pyinfra_ollama.settings import Declared, GatewaySettings, Secret
from pyinfra_ollama.snapshot import FileState, Snapshot
from pyinfra_ollama.snapshot.gateway import CertificateState, GatewayState

from .hosts import NOW, declaration, host

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
KEYS = {"chat": "canary.chat+0123456789==", "ops": "canary-ops-0123456789~"}
DAY = 86400
PEM = FileState("regular file", "600", "root", "root", 1, "f" * 64)
SERVING = GatewayState(
    active="active",
    enabled="enabled",
    logs=LOGS,
    log=LOG,
    running=None,
    listeners=(),
    foreign=(),
    certificate=CertificateState(NOW - DAY, NOW + 396 * DAY, frozenset({"a.example.com"}), True),
    authority="-----BEGIN\n",
)


def key(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "secret": Secret.value(KEYS[name]), **more}


def having(models: tuple[str, ...] = (), **fields: Any) -> Declared:
    """A host with a server of these models and a gateway with these fields."""
    gateway = {"keys": [key("chat"), key("ops", policy="admin")], **fields}
    ollama = {"models": [{"name": name} for name in models]}
    return declaration(ollama=ollama, gateway={"server_names": ["a.example.com"], **gateway})


def gateway(models: tuple[str, ...] = (), **fields: Any) -> GatewaySettings:
    found = having(models, **fields).gateway
    assert found is not None
    return found


def files(settings: GatewaySettings) -> dict[str, ManagedFile]:
    """The files of a gateway by the last part of their paths."""
    made = gateway_files(settings, host(), TEMPLATES)
    return {file.path.rpartition("/")[2]: file for file in made}


def text(settings: GatewaySettings, name: str) -> str:
    content = files(settings)[name].content
    assert content is not None
    return content


def serving(settings: GatewaySettings, snapshot: Snapshot | None = None, **state: Any) -> Snapshot:
    """A host that serves this gateway; keywords change what its nginx says."""
    found = snapshot or host()
    made = gateway_files(settings, found, TEMPLATES)
    there = {
        f.path: FileState("regular file", f.mode, f.user, f.group, 1, f.sha256)
        for f in made
        if f.content is not None
    }
    found = replace(found, files={**found.files, layout.TLS_PEM: PEM, **there})
    said = replace(SERVING, running=stamp(made, found), **state)
    return replace(found, gateway=said)
