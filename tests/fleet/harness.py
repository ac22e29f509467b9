"""Runs the real commands against the lab's hosts and looks at the hosts with other eyes.

Nothing here imports the code under test except the settings: pyinfra and pyinfra-ollama run
as a person runs them, and what they did is read with ssh, systemctl, ss, curl and sha256sum.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import api
from lab.state import LabState
from tests.fleet.generating import generating
from tests.fleet.running import BIN, ROOT, Ran, run, wait_until

__all__ = ["BIN", "HOSTS", "OLDER", "ROOT", "VERSION", "Fleet", "Ran", "run", "wait_until"]

HOSTS = ("host1", "host2", "host3")
VERSION, OLDER = "0.33.0", "0.32.15"

Declared = Mapping[str, Any]


@dataclass
class Fleet:
    """One lab, and where this test run keeps its inventories."""

    lab: LabState
    folder: Path
    count: int = field(default=0)
    generates: set[Path] = field(default_factory=set)
    """Inventories whose verification has models answer."""

    # What is declared

    def models(self) -> list[dict[str, Any]]:
        """The lab's two models."""
        return [self.chat(), self.embedding()]

    def chat(self, **more: Any) -> dict[str, Any]:
        """SmolLM2 135M from the lab's registry."""
        return {"name": f"{self.lab.registry}/library/smollm2:135m", "insecure": True, **more}

    def embedding(self, **more: Any) -> dict[str, Any]:
        """all-MiniLM from the lab's registry."""
        name = f"{self.lab.registry}/library/all-minilm:22m"
        return {"name": name, "insecure": True, "role": "embedding", **more}

    def inventory(
        self,
        *hosts: str,
        user: str = "root",
        each: Mapping[str, Mapping[str, Any]] | None = None,
        **declared: Declared | None,
    ) -> Path:
        """Write an inventory of these hosts; keywords are merged over the usual declaration.

        `each` holds what one host has in another way: its settings, merged over all the others,
        and pyinfra's own data (`ssh_hostname`, `_sudo_password`, ...) as it is.
        """
        usual: dict[str, dict[str, Any]] = {
            "ollama": {"version": VERSION, "models": []},
            "release": {"url": f"{self.lab.mirror_url}/{{version}}/{{archive}}"},
            "packages": {"tools": []},
            "verify": {"parallel_loads": 1, "max_tokens": 4, "min_free_disk": "64M"},
        }
        data: dict[str, Any] = {
            "ssh_user": user,
            "ssh_key": str(self.lab.key),
            "ssh_known_hosts_file": str(self.lab.known_hosts),
            "ssh_strict_host_key_checking": "yes",
            "ssh_config_file": os.devnull,
        }
        if user != "root":
            data["_sudo"] = True
        if user == "asker":
            data["_sudo_password"] = self.lab.sudo_password
        for name in {*usual, *declared}:
            given = declared.get(name)
            if given is not None or name in usual:
                data[name] = {**usual.get(name, {}), **(given or {})}
        rows = []
        for host in hosts:
            row: dict[str, Any] = {"ssh_hostname": self.lab.host(host).address}
            for name, value in ((each or {}).get(host) or {}).items():
                is_setting = isinstance(value, Mapping)
                row[name] = {**data.get(name, {}), **value} if is_setting else value
            rows.append((host, row))
        self.count += 1
        path = self.folder / f"inventory{self.count}.py"
        if any(_generates({**data, **row}) for _, row in rows):
            self.generates.add(path)
        path.write_text(
            f"from pyinfra_ollama.settings import Secret\n\nfleet = ({rows!r}, {data!r})\n"
        )
        path.chmod(0o600)
        return path

    # What a person runs

    def pyinfra(self, inventory: Path, *arguments: str, timeout: float = 300) -> Ran:
        """`pyinfra INVENTORY deploy.py ...`."""
        command = [str(BIN / "pyinfra"), str(inventory), "deploy.py", *arguments]
        with self.turn(inventory, quiet="--dry" in arguments):
            return run(command, timeout)

    def plan(self, inventory: Path) -> Ran:
        """A dry run; it must end well, also on bare hosts."""
        ran = self.pyinfra(inventory, "--dry", "--json")
        assert ran.code == 0, ran.text
        return ran

    def apply(self, inventory: Path, *, check: bool = True, timeout: float = 300) -> Ran:
        """A real run; with `check` it must succeed on every host."""
        ran = self.pyinfra(inventory, "-y", "--json", timeout=timeout)
        assert not check or ran.code == 0, ran.text
        return ran

    def foretell(self, inventory: Path, *arguments: str, timeout: float = 300) -> Ran:
        """`pyinfra-ollama plan INVENTORY ...`."""
        return run([str(BIN / "pyinfra-ollama"), "plan", str(inventory), *arguments], timeout)

    def verify(self, inventory: Path, *arguments: str, timeout: float = 300) -> Ran:
        """`pyinfra-ollama verify INVENTORY ...`."""
        command = [str(BIN / "pyinfra-ollama"), "verify", str(inventory), *arguments]
        with self.turn(inventory, quiet="--no-generate" in arguments):
            return run(command, timeout)

    def turn(self, inventory: Path, *, quiet: bool = False) -> AbstractContextManager[None]:
        """What must be held while something runs that may have this inventory's models answer."""
        return generating() if inventory in self.generates and not quiet else nullcontext()

    # Other eyes

    def ssh(self, host: str, command: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command on a host with plain ssh; it may fail."""
        return api.run(self.lab.name, host, command, **options)

    def sh(self, host: str, command: str, **options: Any) -> str:
        """Run a command that must succeed; its output without the last line break."""
        ran = self.ssh(host, command, **options)
        assert ran.returncode == 0, f"{host}: {command}: {ran.returncode}\n{ran.stdout}{ran.stderr}"
        return ran.stdout.rstrip("\n")

    def pid(self, host: str) -> str:
        """Main process of the service; "0" when it does not run."""
        return self.sh(host, "systemctl show ollama -p MainPID --value")

    def version(self, host: str) -> str:
        """What answers on the host's loopback."""
        answer = self.sh(host, "curl --fail -sS http://127.0.0.1:11434/api/version")
        return str(json.loads(answer)["version"])

    def listed(self, host: str) -> set[str]:
        """Names of the models that the server lists."""
        answer = self.sh(host, "curl --fail -sS http://127.0.0.1:11434/api/tags")
        return {row["name"] for row in json.loads(answer)["models"]}

    def environ(self, host: str) -> dict[str, str]:
        """The environment of the running server, from /proc."""
        text = self.sh(host, f"tr '\\0' '\\n' </proc/{self.pid(host)}/environ")
        return dict(line.split("=", 1) for line in text.splitlines())

    def ask(self, host: str, model: str, prompt: str = "What is the capital of France?") -> str:
        """An answer of the model, a few tokens long, asked with curl on the host."""
        options = {"num_predict": 8, "temperature": 0}
        body = json.dumps({"model": model, "prompt": prompt, "stream": False, "options": options})
        command = f"curl --fail -sS http://127.0.0.1:11434/api/generate -d {shlex.quote(body)}"
        with generating():
            return str(json.loads(self.sh(host, command))["response"])

    def reset(self, *hosts: str) -> None:
        """Make hosts bare again."""
        api.reset(self.lab.name, hosts)


def _generates(declared: Declared) -> bool:
    models = (declared["ollama"] or {}).get("models")
    return bool(models) and bool(declared["verify"].get("generate", True))
