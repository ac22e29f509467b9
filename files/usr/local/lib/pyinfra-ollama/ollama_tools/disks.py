"""File systems, how full they are, also those behind folders that may not be entered.

Outside behaviour relied on: proc(5): in a line of mountinfo the third field is the device and the
fifth the mount point, with spaces and the like as `\\ooo`; of two on one point the last counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Disk", "disks"]

PROC = Path("/proc")


@dataclass(frozen=True)
class Disk:
    """A file system by one path on it; bytes. `inodes_percent`: 0 where there are none to count.

    `is_known`: False where this user may not look.
    """

    path: str
    size: int
    free: int
    inodes_percent: int
    is_known: bool = True

    @property
    def percent(self) -> int:
        """In use, of what others than root may use, as df counts it."""
        return -(-100 * (self.size - self.free) // self.size) if self.size else 0


@dataclass(frozen=True)
class _Mount:
    """`device`: as in 8:1, the same wherever it is mounted."""

    device: str
    point: str


def disks(paths: Iterable[str]) -> list[Disk]:
    """Each file system once, by the first path on it that there is.

    One that this user may not look at comes last, by its mount point where that may be.
    """
    found: dict[str, Disk] = {}
    closed = []
    for path in paths:
        mount = _mount_of(path)
        try:
            found.setdefault(mount.device if mount else _device(path), _disk(path))
        except PermissionError:
            closed.append((path, mount))
        except OSError:
            continue
    for path, mount in closed:
        if mount is None:
            found[path] = Disk(path, 0, 0, 0, is_known=False)
        elif mount.device not in found:
            found[mount.device] = _behind(path, mount)
    return list(found.values())


def _device(path: str) -> str:
    device = os.stat(path).st_dev
    return f"{os.major(device)}:{os.minor(device)}"


def _disk(path: str) -> Disk:
    state = os.statvfs(path)
    used = (state.f_blocks - state.f_bfree) * state.f_frsize
    free = state.f_bavail * state.f_frsize
    inodes = 100 * (state.f_files - state.f_ffree) // state.f_files if state.f_files else 0
    return Disk(path, used + free, free, inodes)


def _behind(path: str, mount: _Mount) -> Disk:
    try:
        return _disk(mount.point)
    except OSError:
        return Disk(path, 0, 0, 0, is_known=False)


def _mount_of(path: str) -> _Mount | None:
    """What is mounted nearest above it, by name; links are followed as far as they may be seen."""
    found, wanted = None, os.path.realpath(path)
    try:
        lines = (PROC / "self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    for fields in map(str.split, lines):
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        is_above = wanted == point or wanted.startswith(f"{point.rstrip('/')}/")
        if is_above and (found is None or len(point) >= len(found.point)):
            found = _Mount(fields[2], point)
    return found
