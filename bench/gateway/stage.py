"""The hosts of this benchmark: a gateway, and servers with a model or with a stand-in for one."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.commands import BenchError, run
from bench.contestants import PYINFRA, ROOT, pyinfra_outcome
from bench.declared import VERSION, Declared
from bench.stage import on_hosts
from lab import standin
from lab.streaming import Door
from pyinfra_ollama.settings import Secret

NAME = "llm.example.com"
# Known here and on the disposable hosts only.
KEY, VARIABLE = "sk-bench-0123456789abcdefghij", "BENCH_KEY"
UNLIMITED = {
    "rate_per_key": 100_000,
    "burst_per_key": 100_000,
    "rate_per_address": 100_000,
    "burst_per_address": 100_000,
}


class Stage:
    """Deploys, by the commands that a person would type, and knows the doors."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.folder = declared.folder

    @property
    def model(self) -> str:
        """A small model that chats."""
        return f"{self.declared.lab.registry}/library/smollm2:135m"

    def direct(self, host: int = 0) -> Door:
        """Ollama itself, on the network, without TLS and key."""
        return Door(self.declared.lab.hosts[host].address, 11434)

    def gateway(self, key: str = KEY, host: int = 0) -> Door:
        """The gateway on a host."""
        found = self.declared.lab.hosts[host]
        context = ssl.create_default_context(cafile=str(self.folder / f"{found.name}.pem"))
        return Door(found.address, 443, context, NAME, key)

    def deploy(
        self, backends: Sequence[int], *, parallel: int, real: bool = False, metrics: bool = False
    ) -> None:
        """Have a server on each host, and a gateway to the first so many of them unless it is 0.

        `metrics`: with exporters that answer this machine.
        """
        inventory = self._inventory(backends, parallel, real, metrics)
        ran = run(
            [str(PYINFRA), str(inventory), "deploy.py", "-y"],
            folder=ROOT,
            timeout_seconds=600,
            **{VARIABLE: KEY},
        )
        if ran.code != 0:
            raise BenchError(f"the deployment ended with exit code {ran.code}:\n{ran.tail}")
        pyinfra_outcome(ran.out + ran.err)

    def rest(self) -> None:
        """Have nothing written during a measurement that could be written before."""
        on_hosts(self.declared, 1, "sync")

    def _inventory(self, backends: Sequence[int], parallel: int, real: bool, metrics: bool) -> Path:
        lab = self.declared.lab
        version = VERSION if real else standin.release(VERSION)
        rows: list[tuple[str, dict[str, Any]]] = []
        for host, count in zip(lab.hosts, backends, strict=False):
            ollama = {
                "version": VERSION,
                "host": host.address,
                "allow_non_loopback": True,
                "models": [{"name": self.model, "insecure": True}],
                "num_parallel": parallel,
                "context_length": 512,
                "keep_alive": "1h",
            }
            row: dict[str, Any] = {"ssh_hostname": host.address, "ollama": ollama}
            if count:
                row["gateway"] = self._gateway([found.name for found in lab.hosts[:count]])
            if metrics:
                row["metrics"] = {"observers": [lab.gateway]}
            rows.append((host.name, row))
        shared = {
            "release": {"url": f"{lab.mirror_url}/{version}/{{archive}}"},
            "verify": {"generate": False, "min_free_disk": "64M"},
        }
        path = self.folder / f"gateway-{len(backends)}-{parallel}-{version}.py"
        path.write_text(
            "from pyinfra_ollama.settings import Secret\n\n"
            f"hosts = ({rows!r}, {self.declared.connection() | shared!r})\n"
        )
        return path

    def _gateway(self, backends: list[str]) -> dict[str, Any]:
        return {
            "server_names": [NAME],
            "tls": {"fetch_to": str(self.folder / "{host}.pem")},
            "keys": [{"name": "bench", "secret": Secret.env(VARIABLE)}],
            "limits": UNLIMITED,
            "backends": backends,
        }
