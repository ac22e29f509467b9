"""The hosts of the picture: a server with all that watches it, and the host that observes it."""

from __future__ import annotations

import os
import shlex
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab import api
from lab.state import LabState
from picture.board import ROOT
from picture.load import Client

SERVER, OBSERVER = "llm-1", "watch"
NAME = "llm.example.com"
SCRAPE_SECONDS = 5
# Known here and on the disposable hosts only.
KEYS = {name: f"sk-{name}-0123456789abcdefghij" for name in ("app", "notebook", "search")}
SECRETS = {f"PICTURE_{name.upper()}": text for name, text in KEYS.items()}
SECRETS["PICTURE_BACKUP"] = "a-password-of-the-picture"


class StageError(Exception):
    """The hosts are not as the picture needs them; the text says why."""


class Stage:
    """Deploys by the command that a person would type."""

    def __init__(self, lab: LabState, folder: Path) -> None:
        self.lab, self.folder = lab, folder
        self.chat = f"{lab.registry}/library/smollm2:135m"
        self.embedding = f"{lab.registry}/library/all-minilm:22m"

    def deploy(self) -> None:
        """Have both hosts as declared."""
        inventory = self.folder / "inventory.py"
        inventory.write_text(
            "from pyinfra_ollama.settings import Disk, Secret\n\n"
            f"hosts = ({self._rows()!r}, {self._shared()!r})\n"
        )
        words = [str(Path(sys.executable).with_name("pyinfra")), "-y", str(inventory), "deploy.py"]
        ran = subprocess.run(
            words, cwd=ROOT, env=os.environ | SECRETS, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0:
            raise StageError(f"the deployment failed:\n{(ran.stdout + ran.stderr)[-3000:]}")
        self.on(SERVER, "systemctl start ollama-backup-run.service")

    def client(self) -> Client:
        """Everybody who has a key."""
        context = ssl.create_default_context(cafile=str(self.folder / f"{SERVER}.pem"))
        address = self.lab.hosts[0].address
        return Client(address, NAME, context, KEYS, self.chat, self.embedding)

    def ask(self, path: str) -> str:
        """What Prometheus answers."""
        url = shlex.quote(f"http://127.0.0.1:9090{path}")
        return self.on(OBSERVER, f"curl --silent --show-error --max-time 60 {url}")

    def on(self, host: str, command: str) -> str:
        """What a command on a host prints."""
        machine = self.lab.hosts[0 if host == SERVER else 1].name
        ran = api.run(self.lab.name, machine, command, timeout=300)
        if ran.returncode != 0:
            raise StageError(f"{host}: {command}: {ran.stderr[-1000:]}")
        return ran.stdout

    def _rows(self) -> list[tuple[str, dict[str, Any]]]:
        server, observer = self.lab.hosts[:2]
        secret = "Secret.env('PICTURE_{}')"
        return [
            (
                SERVER,
                {
                    "ssh_hostname": server.address,
                    "ollama": {
                        "version": "0.33.0",
                        "models": [
                            {"name": self.chat, "insecure": True},
                            {"name": self.embedding, "insecure": True, "role": "embedding"},
                        ],
                        "num_parallel": 1,
                        "context_length": 512,
                    },
                    "gateway": {
                        "server_names": [NAME],
                        "tls": {"fetch_to": str(self.folder / "{host}.pem")},
                        "keys": [
                            {"name": name, "secret": _Code(secret.format(name.upper()))}
                            for name in KEYS
                        ],
                    },
                    "monitoring": {"interval": "1m"},
                    "backup": {
                        "repository": _Code("Disk('/srv/backup')"),
                        "password": _Code(secret.format("BACKUP")),
                    },
                },
            ),
            (
                OBSERVER,
                {
                    "ssh_hostname": observer.address,
                    "observer": {"scrape_seconds": SCRAPE_SECONDS},
                },
            ),
        ]

    def _shared(self) -> dict[str, Any]:
        return {
            "ssh_user": "root",
            "ssh_key": str(self.lab.key),
            "ssh_known_hosts_file": str(self.lab.known_hosts),
            "ssh_strict_host_key_checking": "yes",
            "ssh_config_file": os.devnull,
            "release": {"url": f"{self.lab.mirror_url}/{{version}}/{{archive}}"},
            "packages": {"tools": []},
            "metrics": {},
            "verify": {"generate": False, "min_free_disk": "64M"},
        }


class _Code:
    """What an inventory says by a call."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text
