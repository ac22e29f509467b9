"""A folder as a host, with the tool and settings that name it; restic is stood in for."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.unit.repo import ROOT

TOOL = ROOT / "files/usr/local/sbin/ollama-backup"
LIBRARY = "manifests/registry.ollama.ai/library"


@dataclass(frozen=True)
class Machine:
    """A host's folders below one, and the tool with settings that name them."""

    root: Path

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def repository(self) -> Path:
        return self.root / "repository"

    @property
    def figures(self) -> Path:
        return self.root / "figures/backup.prom"

    def run(
        self, *arguments: str, path: Path | None = None, only: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the tool.

        `path` is a folder with programs that come before the usual ones, `only` one with all.
        """
        return subprocess.run(
            self.words(*arguments),
            capture_output=True,
            text=True,
            check=False,
            env=self.environment(path, only),
        )

    def words(self, *arguments: str) -> list[str]:
        return ["/bin/sh", str(TOOL), "--settings", str(self.root / "settings"), *arguments]

    def environment(self, path: Path | None = None, only: Path | None = None) -> dict[str, str]:
        usual = [Path(__file__).parent, os.environ["PATH"]]
        folders = [only] if only else [*([path] if path else []), *usual]
        return {**os.environ, "PATH": ":".join(map(str, folders))}

    def declare(self, **settings: object) -> None:
        """Have settings in another way."""
        file = self.root / "settings"
        lines = (f"{key}={shlex.quote(str(value))}\n" for key, value in settings.items())
        file.write_text(file.read_text() + "".join(lines))

    def program(self, name: str, text: str) -> Path:
        """Have a program of the host replaced by this script; the folder that it is in."""
        file = self.root / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file.parent

    def calls(self) -> list[str]:
        """What restic was asked for."""
        return self.repository.with_suffix(".calls").read_text().splitlines()

    def blob(self, text: str) -> str:
        name = hashlib.sha256(text.encode()).hexdigest()
        (self.models / f"blobs/sha256-{name}").write_text(text)
        return f"sha256:{name}"

    def model(self, name: str, *blobs: str) -> Path:
        path = self.models / LIBRARY / name / "latest"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(f'{{"digest":"{blob}"}}' for blob in blobs))
        return path

    def state(self, task: str) -> dict[str, str]:
        lines = (self.root / "state" / task).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)
