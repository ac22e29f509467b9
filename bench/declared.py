"""The one state that all contestants keep, and the inventories that declare it to each."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.model import LabHost, LabState
from pyinfra_ollama import layout
from pyinfra_ollama.decide.release import ARCHITECTURES, GPU_LIBRARIES
from pyinfra_ollama.settings import Ollama
from pyinfra_ollama.snapshot.wanted import REQUIRED_PACKAGES

VERSION = "0.33.0"
TOOLS = ("lsof",)
PACKAGES = tuple(sorted({*REQUIRED_PACKAGES, *TOOLS}))
FOLDERS = (
    (layout.OPT, "root", "755"),
    (layout.RELEASES, "root", "755"),
    (layout.STATE, "root", "700"),
    (layout.HOME, layout.USER, "700"),
    # This package makes it on the way to the next; others have to be told whose it is.
    (str(Path(Ollama().models_dir).parent), layout.USER, "755"),
    (Ollama().models_dir, layout.USER, "700"),
)
SYSTEMS = "^(Debian 1[23]|Ubuntu 2[24].04)"


@dataclass(frozen=True)
class Declared:
    """The lab to deploy to, and the folder of this run, where inventories are written."""

    lab: LabState
    folder: Path

    @property
    def model(self) -> str:
        """A small model that only embeds: it is listed and never asked for anything."""
        return f"{self.lab.registry}/library/all-minilm:22m"

    @property
    def unit_file(self) -> Path:
        """The unit as pyinfra-ollama wrote it, for the contestants that copy files."""
        return self.folder / "ollama.service"

    @property
    def drop_in_file(self) -> Path:
        """The drop-in as pyinfra-ollama wrote it."""
        return self.folder / "50-pyinfra-ollama.conf"

    def hosts(self, count: int) -> Sequence[LabHost]:
        """The first so many hosts."""
        return self.lab.hosts[:count]

    def connection(self) -> dict[str, Any]:
        """How pyinfra reaches the hosts; the same for all who use it."""
        return {
            "ssh_user": "root",
            "ssh_key": str(self.lab.key),
            "ssh_known_hosts_file": str(self.lab.known_hosts),
            "ssh_strict_host_key_checking": "yes",
            "ssh_config_file": os.devnull,
            "ssh_allow_agent": False,
            "ssh_look_for_keys": False,
        }

    def bare_inventory(self, count: int) -> Path:
        """Nothing but the hosts."""
        return self._pyinfra("floor", count, {})

    def package_inventory(self, count: int) -> Path:
        """The hosts with the settings of this package."""
        settings = {
            "ollama": {
                "version": VERSION,
                "models": [{"name": self.model, "insecure": True, "role": "embedding"}],
            },
            "release": {"url": f"{self.lab.mirror_url}/{{version}}/{{archive}}"},
            "packages": {"tools": list(TOOLS)},
            "verify": {"generate": False, "min_free_disk": "64M"},
        }
        return self._pyinfra("package", count, settings)

    def plain_inventory(self, count: int) -> Path:
        """The hosts with what bench/plain/deploy.py reads."""
        return self._pyinfra("plain", count, self._shared())

    def ansible_inventory(self, count: int) -> Path:
        """The hosts with what bench/ansible/playbook.yml reads; JSON is YAML."""
        rows = {host.name: {"ansible_host": host.address} for host in self.hosts(count)}
        path = self.folder / f"ansible-{count}.json"
        path.write_text(json.dumps({"all": {"hosts": rows, "vars": self._shared()}}))
        return path

    def _shared(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "packages": list(PACKAGES),
            "folders": [list(folder) for folder in FOLDERS],
            "systems": SYSTEMS,
            "architectures": ARCHITECTURES,
            "min_memory_mb": 512,
            "min_disk_mb": 1024,
            "gpu_libraries": [f"lib/ollama/{name}" for name in GPU_LIBRARIES],
            "mirror": self.lab.mirror_url,
            "sha256": self._sha256(),
            "unit_file": str(self.unit_file),
            "drop_in_file": str(self.drop_in_file),
            "model": self.model,
        }

    def _sha256(self) -> dict[str, str]:
        """Archive -> hash, as the mirror lists them."""
        url = f"{self.lab.mirror_url}/{VERSION}/sha256sum.txt"
        # Straight to the lab: no proxy of this machine leads there.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=20) as answer:
            lines = [line.split() for line in answer.read().decode().splitlines()]
        return {name.lstrip("*").removeprefix("./"): sha256 for sha256, name in lines}

    def _pyinfra(self, name: str, count: int, data: dict[str, Any]) -> Path:
        rows = [(host.name, {"ssh_hostname": host.address}) for host in self.hosts(count)]
        path = self.folder / f"{name}-{count}.py"
        path.write_text(f"hosts = ({rows!r}, {self.connection() | data!r})\n")
        return path
