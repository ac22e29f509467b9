"""A good host for the tests of decisions: its settings, its probe, its API's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyinfra_ollama.settings import HostSettings, Model, Ollama, Swap, load
from pyinfra_ollama.verifier.answers import (
    Disk,
    Localhost,
    PathState,
    Probe,
    Process,
    Socket,
    Swappiness,
)

MIB, GIB = 1024**2, 1024**3
MODELS = "/usr/share/ollama/.ollama/models"
CHAT, EMBEDDING = Model("llama3.2:1b"), Model("nomic-embed-text", role="embedding")
DIGESTS = {"llama3.2:1b": "a" * 64, "nomic-embed-text:latest": "b" * 64}


def settings(**declared: Any) -> HostSettings:
    """The settings of one host; keywords are variables of group data."""
    data = {"ollama": Ollama(models=[CHAT, EMBEDDING]), **declared}
    server = load([("web1", data)])["web1"].server
    assert server is not None
    return server


def swapping() -> HostSettings:
    return settings(swap=Swap(size="1G"))


def socket(address: str, port: int, pid: int = 100, command: str = "ollama") -> Socket:
    return Socket("tcp", address, port, frozenset({pid}), frozenset({command}))


def runner(port: int, pid: int, address: str = "127.0.0.1") -> Socket:
    return socket(address, port, pid, "llama-server")


GOOD = Probe(
    problems={},
    uid=0,
    unit={
        "LoadState": "loaded",
        "ActiveState": "active",
        "SubState": "running",
        "UnitFileState": "enabled",
        "NRestarts": "0",
        "NeedDaemonReload": "no",
        "MainPID": "100",
        "Result": "success",
    },
    process=Process(
        pid=100,
        exe="/opt/ollama/releases/0.33.0/bin/ollama",
        environ={
            "HOME": "/usr/share/ollama",
            "OLLAMA_HOST": "127.0.0.1:11434",
            "OLLAMA_MODELS": MODELS,
            "OLLAMA_NO_CLOUD": "1",
            "PYINFRA_OLLAMA_UNIT": "0123",
        },
        age=60,
    ),
    members=frozenset({100, 101, 102}),
    sockets=(
        socket("127.0.0.1", 11434),
        runner(40001, 101),
        runner(40002, 102),
        socket("0.0.0.0", 22, 7, "sshd"),
    ),
    executables={100: "/opt/ollama/releases/0.33.0/bin/ollama", 7: "/usr/sbin/sshd"},
    current="/opt/ollama/releases/0.33.0",
    swaps={"/swapfile": GIB - 4096},
    fstab=("/swapfile none swap sw 0 0",),
    swappiness=Swappiness(now=10, writable=True, kept="10"),
    memory={"MemTotal": 8 * GIB, "MemAvailable": 6 * GIB},
    disks=(Disk("/", free=50 * GIB, size=100 * GIB),),
    localhost=Localhost(("::1", "127.0.0.1"), 0, 3, in_hosts_file=True),
    paths={
        "/usr/share/ollama": PathState(0o700, "ollama", "ollama", 4096, "directory"),
        MODELS: PathState(0o750, "ollama", "ollama", 4096, "directory"),
        "/swapfile": PathState(0o600, "root", "root", GIB, "regular file"),
    },
)


def unit(**changed: str) -> Probe:
    return replace(GOOD, unit={**(GOOD.unit or {}), **changed})


def environ(**changed: str) -> Probe:
    assert GOOD.process
    return replace(GOOD, process=replace(GOOD.process, environ=GOOD.process.environ | changed))


def unset(name: str) -> Probe:
    assert GOOD.process
    left = {key: value for key, value in GOOD.process.environ.items() if key != name}
    return replace(GOOD, process=replace(GOOD.process, environ=left))


def path(name: str, **changed: Any) -> Probe:
    paths = dict(GOOD.paths or {})
    state = paths[name]
    assert state
    paths[name] = replace(state, **changed)
    return replace(GOOD, paths=paths)
