"""Figures of the host: memory, swap, connections, processor time, GPUs.

Outside behaviour relied on: proc(5); `/proc/net/tcp` has the local address and port in
hexadecimal, state 01 is established and 0A listening; cgroup.procs, below /sys/fs/cgroup or, where
the kernel has both versions of groups, below unified and systemd in there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Gpu", "connections", "cpu_percent", "gpus", "group_memory", "memory"]

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
GPU_SECONDS = 10
_ESTABLISHED = "01"


@dataclass(frozen=True)
class Gpu:
    """One GPU; bytes and per cent."""

    name: str
    used: int
    total: int
    busy_percent: int


def memory(proc: Path = PROC) -> dict[str, int]:
    """/proc/meminfo in bytes."""
    rows = (line.split() for line in (proc / "meminfo").read_text().splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) == 3}


def connections(port: int, proc: Path = PROC) -> int:
    """Established connections to a port of this host, IPv4 and IPv6."""
    counted = 0
    for name in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            is_local = int(fields[1].rpartition(":")[2], 16) == port
            counted += is_local and fields[3] == _ESTABLISHED
    return counted


def cpu_percent(
    cgroup: str, *, seconds: float, root: Path = CGROUPS, proc: Path = PROC
) -> int | None:
    """Processor time of a unit's processes, in per cent of one core; None: no telling."""
    before, start = _ticks(_pids(cgroup, root), proc), time.monotonic()
    if not before:
        return None
    time.sleep(seconds)
    after = _ticks(_pids(cgroup, root), proc)
    # One that began meanwhile counts whole, one that ended not at all.
    spent = sum(ticks - before.get(pid, 0) for pid, ticks in after.items())
    passed = time.monotonic() - start
    return round(100 * spent / os.sysconf("SC_CLK_TCK") / passed) if after else None


def group_memory(cgroup: str, root: Path = CGROUPS, proc: Path = PROC) -> int | None:
    """Resident memory of a unit's processes in bytes, mapped weights included; None: no telling."""
    pids = _pids(cgroup, root)
    return sum(_resident(proc / pid) for pid in pids) if pids else None


def _pids(cgroup: str, root: Path) -> list[str]:
    """Processes of a unit, wherever the kernel keeps groups: version 2, both, version 1."""
    for kind in ("", "unified", "systemd") if cgroup else ():
        try:
            return (root / kind / cgroup.lstrip("/") / "cgroup.procs").read_text().split()
        except OSError:
            continue
    return []


def _ticks(pids: Iterable[str], proc: Path) -> dict[str, int]:
    found = {}
    for pid in pids:
        try:
            # What follows the name in brackets begins with field 3; 14 and 15 are the times.
            fields = (proc / pid / "stat").read_text().rpartition(")")[2].split()
            found[pid] = int(fields[11]) + int(fields[12])
        except (OSError, ValueError, IndexError):
            # It ended meanwhile.
            continue
    return found


def _resident(folder: Path) -> int:
    try:
        pages = int((folder / "statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        # It ended meanwhile.
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def gpus(drm: Path = Path("/sys/class/drm")) -> list[Gpu]:
    """NVIDIA's by its own tool, AMD's by the kernel; none where there is none to be asked."""
    return [*_nvidia(), *_amd(drm)]


def _nvidia() -> list[Gpu]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    query = "--query-gpu=name,memory.used,memory.total,utilization.gpu"
    try:
        run = subprocess.run(
            [tool, query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=GPU_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = [[part.strip() for part in line.split(",")] for line in run.stdout.splitlines()]
    good = [row for row in rows if len(row) == 4 and all(part.isdigit() for part in row[1:])]
    return [Gpu(r[0], int(r[1]) << 20, int(r[2]) << 20, int(r[3])) for r in good]


def _amd(drm: Path) -> list[Gpu]:
    found = []
    for used in sorted(drm.glob("card*/device/mem_info_vram_used")):
        try:
            total = int((used.parent / "mem_info_vram_total").read_text())
            busy = int((used.parent / "gpu_busy_percent").read_text())
            found.append(Gpu(used.parent.parent.name, int(used.read_text()), total, busy))
        except (OSError, ValueError):
            continue
    return found
