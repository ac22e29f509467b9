"""A release of the real server whose llama-server is a stand-in: it streams and computes nothing.

Two cores cannot generate for sixteen clients at once; what lies in front of the compute (Ollama,
its queue, a gateway) can be tried all the same. Built when first asked for.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from lab import build, needs
from lab.paths import artefact, cache_dir
from lab.processes import run_tool
from lab.progress import step

SOURCE = Path(__file__).parent


def release(version: str = build.VERSIONS[0]) -> str:
    """The folder of the mirror that has it: its name takes the place of a version in a URL."""
    recipe = hashlib.sha256(
        b"".join((SOURCE / name).read_bytes() for name in ("go.mod", "main.go"))
    )

    def make(part: Path) -> None:
        with step("build a release with a stand-in for llama-server"):
            log = cache_dir() / "logs" / "standin.log"
            program = part / "tree" / "lib" / "ollama" / "llama-server"
            program.parent.mkdir(parents=True)
            run_tool(
                [needs.go(), "build", "-C", SOURCE, "-ldflags=-s -w", "-o", program, "."],
                env={"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"},
                scratch=part / "scratch",
                log=log,
            )
            build.pack(version, part, log=log)

    name = f"{version}-standin-{recipe.hexdigest()[:8]}"
    return artefact(cache_dir() / "releases" / name, make).name
