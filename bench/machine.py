"""What the figures were measured on, read off the machine; no name or address of it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.commands import BenchError, run


def now() -> str:
    """The date, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def hardware(load: float) -> dict[str, str]:
    """Processor, memory, kernel and system; `load` is the load average before the run."""
    release = platform.freedesktop_os_release()
    return {
        "CPU": cpu(Path("/proc/cpuinfo").read_text()),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": memory(Path("/proc/meminfo").read_text()),
        "kernel": platform.release(),
        "system": release.get("PRETTY_NAME", "unknown"),
        "load before": f"{load:.2f}",
    }


def cpu(text: str) -> str:
    """The model in /proc/cpuinfo; arm64 kernels name none."""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return found[1].strip() if found else platform.machine()


def memory(text: str) -> str:
    """The total in /proc/meminfo."""
    found = re.search(r"^MemTotal:\s*(\d+) kB$", text, re.M)
    return f"{int(found[1]) / 2**20:.0f} GiB" if found else "unknown"


def versions(playbook_command: Path | None, folder: Path) -> dict[str, str]:
    """What was compared; of this package also the commit."""
    found = {
        "pyinfra-ollama": f"{version('pyinfra-ollama')} ({_commit(folder)})",
        "pyinfra": version("pyinfra"),
        "Python": platform.python_version(),
    }
    if playbook_command:
        ran = run([str(playbook_command), "--version"], folder=folder, timeout_seconds=60)
        named = re.search(r"\[core ([^\]]+)\]", ran.out)
        if not named:
            raise BenchError(f"{playbook_command} --version was not understood:\n{ran.tail}")
        found["ansible-core"] = named[1]
    return found


def _commit(folder: Path) -> str:
    command = ["git", "-c", "safe.directory=*", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "no commit known"
    return ended.stdout.strip()
