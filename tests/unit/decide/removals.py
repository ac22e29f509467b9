"""What a host with all of this package says when it is to be uninstalled."""

from __future__ import annotations

from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.decide.removal.plan import plan
from pyinfra_ollama.decide.removal.seen import read
from pyinfra_ollama.decide.removal.steps import Plan, Wishes
from pyinfra_ollama.settings import Declared

from .hosts import declaration

MODELS = "/usr/share/ollama/.ollama/models"


def tuple_of(port: int, purpose: str, network: str = "0.0.0.0/0") -> str:
    """A rule as it stands in ufw's files; without a purpose it is somebody else's."""
    anywhere = "::/0" if ":" in network else "0.0.0.0/0"
    comment = f" comment={f'pyinfra-ollama: {purpose}'.encode().hex()}" if purpose else ""
    return f"### tuple ### allow tcp {port} {anywhere} any {network} in{comment}"


SSH, DOOR, THEIRS = tuple_of(22, "ssh"), tuple_of(443, "gateway"), tuple_of(8080, "")
ALL = {
    "paths": [
        "folder /opt/ollama",
        "link /usr/local/bin/ollama /opt/ollama/current/bin/ollama",
        f"file {layout.UNIT_FILE}",
        f"file {layout.DROP_IN}",
        f"folder {layout.DROP_IN.rpartition('/')[0]}",
        "folder /etc/pyinfra-ollama",
        "folder /var/lib/pyinfra-ollama",
        "folder /usr/share/ollama",
        f"folder {MODELS}",
        "foreign /swapfile",
    ],
    "units": ["ollama.service"],
    "made": ["group ollama", "user ollama", "swapfile /swapfile", "swappiness 60"],
    "state": ["made", "verified"],
    "before": [],
    "official": [],
    "models": [f"folder {MODELS}", "blobs", "manifests", "bytes 1048576", "count 2"],
    "inside": [],
    "firewall": [],
    "lineage": [],
    "packages": ["new zstd", "new libzstd9"],
    "uid": ["0"],
}


def answer(**changes: list[str]) -> list[str]:
    lines = []
    for name, body in {**ALL, **changes}.items():
        lines += [f"@@begin {name}", *body, "", "@@end 0"]
    return lines


def planned(declared: Declared | None = None, wishes: Wishes | None = None, **changes: Any) -> Plan:
    server = declaration(swap={"size": "1G"})
    return plan(declared or server, read(answer(**changes)), wishes or Wishes())


def steps(found: Plan) -> list[str]:
    return [step.line for step in found.steps]
