"""What a host with all of this package says when it is to be uninstalled."""

from __future__ import annotations

from pyinfra_ollama import layout

MODELS = "/usr/share/ollama/.ollama/models"
SSH = "allow proto tcp from 0.0.0.0/0 to any port 22 comment 'pyinfra-ollama: ssh'"
DOOR = "allow proto tcp from 0.0.0.0/0 to any port 443 comment 'pyinfra-ollama: gateway'"
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
    "before": [],
    "official": [],
    "models": ["blobs", "manifests", "bytes 1048576", "count 2"],
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
