"""What the tests of models declare, ask and look at, all on one host."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fleet.harness import BIN, ROOT, Fleet

HOST = "host1"
STORE = "/usr/share/ollama/.ollama/models"
BLOBS = f"cd {STORE}/blobs && sha256sum -- sha256-* | sed 's/^/sha256-/'"


def declared(fleet: Fleet, *models: dict[str, Any], network: bool = True, **ollama: Any) -> Path:
    return fleet.inventory(
        HOST,
        ollama={"models": list(models), **ollama},
        preflight={"skip_network": not network},
        verify={"generate": False},
    )


def api(fleet: Fleet, path: str, body: dict[str, Any], verb: str = "POST") -> str:
    data = shlex.quote(json.dumps(body))
    return fleet.sh(HOST, f"curl -sSf -X {verb} http://127.0.0.1:11434/api/{path} -d {data}")


def gone(fleet: Fleet, *models: dict[str, Any]) -> None:
    for model in models:
        if model["name"] in fleet.listed(HOST):
            api(fleet, "delete", {"model": model["name"]}, "DELETE")


def digest(fleet: Fleet, model: dict[str, Any]) -> str:
    rows = json.loads(fleet.sh(HOST, "curl -sSf http://127.0.0.1:11434/api/tags"))["models"]
    return next(str(row["digest"]) for row in rows if row["name"] == model["name"])


def whole(fleet: Fleet) -> bool:
    """Every blob is what its name says, and none is left half fetched."""
    rows = [line.split() for line in fleet.sh(HOST, BLOBS).splitlines()]
    return bool(rows) and all(found == name for found, name in rows)


@contextmanager
def deploying(inventory: Path) -> Iterator[subprocess.Popen[str]]:
    """A deployment that runs meanwhile."""
    command = [str(BIN / "pyinfra"), str(inventory), "deploy.py", "-y"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def fetched(fleet: Fleet) -> int:
    """Bytes on disk of blobs that are not whole yet."""
    command = f"du -s --block-size=1 -c {STORE}/blobs/*-partial 2>/dev/null | tail -n 1"
    return int((fleet.sh(HOST, f"{command} || true").split() or ["0"])[0])
