"""An S3 server for the lab's hosts: Versity's gateway over a folder, built when first asked for."""

from __future__ import annotations

from pathlib import Path

from lab import build, needs
from lab.paths import artefact, cache_dir
from lab.processes import run_tool
from lab.progress import step

VERSION = "1.8.0"
PROGRAM = "versitygw"


def server() -> str:
    """The path on the mirror of the program, which needs nothing else of a host."""
    name = f"{PROGRAM}-{VERSION}-{build.architecture()}"
    module = f"github.com/versity/versitygw/cmd/{PROGRAM}@v{VERSION}"

    def make(part: Path) -> None:
        with step("build an S3 server", expect="a minute"):
            run_tool(
                [needs.go(), "install", "-ldflags=-s -w", module],
                env={"GOBIN": str(part), "CGO_ENABLED": "0"},
                scratch=part / "scratch",
                log=cache_dir() / "logs" / f"{name}.log",
            )

    return f"{artefact(cache_dir() / 'releases' / name, make).name}/{PROGRAM}"
