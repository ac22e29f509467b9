"""A host as a snapshot finds it: converged, on Debian 12; keywords change what a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyinfra_ollama.settings import Declared, HostSettings, load
from pyinfra_ollama.snapshot import (
    Account,
    ApiState,
    FileState,
    GpuState,
    PackageState,
    Snapshot,
    SwapState,
    UnitState,
)

GIB = 1024**3
MODELS = "/usr/share/ollama/.ollama/models"
NOW = 1_800_000_000
FOLDER = FileState("directory", "755", "root", "root", 4096)
PRIVATE = FileState("directory", "700", "ollama", "ollama", 4096)

CONVERGED = Snapshot(
    uid=0,
    machine="x86_64",
    init="systemd",
    now=NOW,
    reboot_required=False,
    localhost_status=0,
    tools=frozenset(("curl", "zstd", "ss", "systemctl", "apt-get")),
    os={"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)"},
    memory={"MemTotal": 16 * GIB, "MemAvailable": 12 * GIB, "SwapTotal": 0},
    disk=dict.fromkeys(
        ("/", "/opt/ollama", "/usr/share/ollama/.ollama/models", "/var"), ("/", 100 * GIB)
    ),
    files={
        "/opt/ollama": FOLDER,
        "/opt/ollama/releases": FOLDER,
        "/var/lib/pyinfra-ollama": FileState("directory", "700", "root", "root", 4096),
        "/usr/share/ollama": PRIVATE,
        MODELS: PRIVATE,
    },
    links={},
    releases={},
    packages=PackageState(
        installed=dict.fromkeys(("ca-certificates", "curl", "iproute2", "procps", "zstd"), "1"),
        held=frozenset(),
        upgradable=(),
        lists_updated=NOW - 60,
    ),
    account=Account(
        exists=True,
        home="/usr/share/ollama",
        groups=frozenset(("ollama",)),
        gpu_groups=frozenset(("render", "video")),
        models_dir=MODELS,
    ),
    swap=SwapState(active={}, fstab=(), swappiness=60, sysctl_writable=True),
    unit=UnitState(
        loaded=True,
        active="active",
        enabled="enabled",
        needs_reload=False,
        managed=True,
        exists=True,
        official_library=False,
        foreign_environment=(),
        pid=100,
        exe="/opt/ollama/releases/0.33.0/bin/ollama",
    ),
    port_holders=(),
    api=ApiState(version="0.33.0", models={}, sizes={}, parameters={}),
    gpu=GpuState(None, False),
    verified=None,
)


def host(**changes: Any) -> Snapshot:
    """A converged host with other fields; a mapping changes fields of that part of it."""
    values = {}
    for name, given in changes.items():
        part = getattr(CONVERGED, name)
        if isinstance(part, Mapping):
            values[name] = {**part, **given}
        elif isinstance(given, Mapping):
            values[name] = replace(part, **given)
        else:
            values[name] = given
    return replace(CONVERGED, **values)


def declaration(**variables: Mapping[str, Any] | None) -> Declared:
    """What a host with these group-data variables is, as an inventory writes them."""
    data = {"ollama": {}, "packages": {"tools": []}, **variables}
    return load([("host1", data)])["host1"]


def declared(**variables: Mapping[str, Any]) -> HostSettings:
    """The settings of the server of such a host."""
    server = declaration(**variables).server
    assert server is not None
    return server


def whole(server: HostSettings) -> Declared:
    """A host that is this server and nothing else."""
    return Declared(
        name=server.name,
        server=server,
        gateway=None,
        firewall=None,
        packages=server.packages,
        preflight=server.preflight,
        verify=server.verify,
    )
