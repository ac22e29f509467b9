"""The server and its runners, as /proc and the service's cgroup show them.

Relied on (Linux 6.1, 2026-11): cgroup.procs, /proc/PID/{stat,status,cmdline} can be read by
everybody. Ollama 0.33.0 starts llama-server with `--model FILE --port NUMBER`
(llm/llama_server.go), so a runner's port and weights stand in its command line.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """`started` is in clock ticks after the boot: with the pid it names one process for good."""

    pid: int
    role: str
    started: int
    cpu_seconds: float
    resident: int
    port: int = 0
    weights: str = ""

    @property
    def key(self) -> tuple[int, int]:
        """What tells it from every other process since the boot."""
        return self.pid, self.started


def processes(unit: str, proc: Path = Path("/proc"), cgroups: Path | None = None) -> list[Process]:
    """All processes of a service; those that end meanwhile are left out."""
    folder = cgroup(unit, cgroups)
    try:
        pids = [int(line) for line in (folder / "cgroup.procs").read_text().split()]
    except OSError:
        return []
    found = (_process(proc / str(pid), pid) for pid in pids)
    return [process for process in found if process is not None]


def cgroup(unit: str, root: Path | None = None) -> Path:
    """Where the kernel accounts for a service of the system.

    A host with cgroups of version 1 has the names of services one folder deeper.
    """
    root = root or Path("/sys/fs/cgroup")
    places = [root / name for name in ("unified", "systemd") if (root / name).is_dir()]
    return (places or [root])[0] / "system.slice" / unit


def _process(folder: Path, pid: int) -> Process | None:
    try:
        # The name in brackets may hold spaces and brackets itself.
        stat = (folder / "stat").read_text().rpartition(")")[2].split()
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        status = (folder / "status").read_text()
    except OSError:
        return None
    resident = next((line.split()[1] for line in status.splitlines() if line[:6] == "VmRSS:"), "0")
    options = dict(pairwise(words))
    port = options.get("--port", "")
    return Process(
        pid=pid,
        role=_role(words),
        started=int(stat[19]),
        cpu_seconds=(int(stat[11]) + int(stat[12])) / TICKS,
        resident=int(resident) * 1024,
        port=int(port) if port.isdigit() else 0,
        weights=options.get("--model", ""),
    )


def _role(words: list[str]) -> str:
    name = words[0].rpartition("/")[2] if words else ""
    if name == "llama-server" or "runner" in words[1:2]:
        return "runner"
    return "server" if name == "ollama" and "serve" in words[1:2] else "other"


def boot_time(proc: Path = Path("/proc")) -> int:
    """When the machine was booted, in seconds since 1970."""
    for line in (proc / "stat").read_text().splitlines():
        if line.startswith("btime "):
            return int(line.split()[1])
    return 0


def numbers(path: Path) -> dict[str, int]:
    """A file of `KEY VALUE` lines, or of one number under the key ""; {} for `max` and no file."""
    try:
        rows = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return {}
    named = (row if len(row) == 2 else ["", *row] for row in rows)
    return {row[0]: int(row[1]) for row in named if len(row) == 2 and row[1].isdigit()}
