"""A folder as a host, with the tool and settings that name it; restic is stood in for."""

from __future__ import annotations

import hashlib
import os
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

    def run(self, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the tool; `path` is a folder with programs that come before the usual ones."""
        folders = [*([str(path)] if path else []), str(Path(__file__).parent), os.environ["PATH"]]
        environment = {**os.environ, "PATH": ":".join(folders)}
        return subprocess.run(
            ["sh", str(TOOL), "--settings", str(self.root / "settings"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

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
