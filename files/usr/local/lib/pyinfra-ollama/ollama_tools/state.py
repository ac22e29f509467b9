"""What the monitor remembers from run to run, and who else is at work on the host.

The memory is in /run: a full disk cannot break it and a boot begins anew. Times are seconds of the
clock since the boot (CLOCK_BOOTTIME), so a clock that jumps changes nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Memory", "Told", "alone", "appending", "boottime", "deployment", "replace"]

FOLDER = Path("/run/pyinfra-ollama-monitor")
RUN_RECORD = Path("/run/pyinfra-ollama/run")


def boottime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def replace(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file whole, by one rename; through no link, whoever owns the folder."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        folder = os.open(path.parent, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except NotADirectoryError as error:
        words = "its folder is a link; put a folder there"
        raise NotADirectoryError(error.errno, words) from error
    try:
        _replace(folder, path.name, text, mode)
    finally:
        os.close(folder)


def _replace(folder: int, name: str, text: str, mode: int) -> None:
    for left in os.listdir(folder):
        if left.startswith(f".{name}."):
            with suppress(OSError):
                os.unlink(left, dir_fd=folder)
    beside = f".{name}.{os.urandom(8).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(beside, flags, 0o600, dir_fd=folder), "w", encoding="utf-8") as file:
        try:
            file.write(text)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(beside, dir_fd=folder)
            raise


@contextmanager
def alone(folder: Path = FOLDER) -> Iterator[bool]:
    """Whether no other monitor is at work now; the lock ends with the process."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@dataclass
class Told:
    """What one channel got out. `times`: trouble to when it was told of. `open`: trouble that was
    told of and is not over, to how bad it was. `pending`: deeds that did not get out yet.
    """

    times: dict[str, list[float]] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)


@dataclass
class Memory:
    """`told`: by channel. `repairs`: unit to when it was started or restarted by the monitor.

    `restarts`: unit to systemd's own count of restarts at the last run. `failures`: unit to how
    many repairs in a row did not help.
    """

    told: dict[str, Told] = field(default_factory=dict)
    repairs: dict[str, list[float]] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Memory:
        """What was saved; nothing when that is missing or damaged."""
        try:
            said = json.loads((folder / "memory.json").read_text(encoding="utf-8"))
            return cls(
                told={str(key): _told(value) for key, value in said["told"].items()},
                repairs=_times(said["repairs"]),
                restarts={str(key): int(value) for key, value in said["restarts"].items()},
                failures={str(key): int(value) for key, value in said["failures"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def save(self, folder: Path = FOLDER) -> None:
        replace(folder / "memory.json", json.dumps(asdict(self)))


def _times(said: Any) -> dict[str, list[float]]:
    return {str(key): [float(at) for at in value] for key, value in said.items()}


def _told(said: Any) -> Told:
    return Told(
        times=_times(said["times"]),
        open={str(key): int(value) for key, value in said["open"].items()},
        pending=[str(text) for text in said["pending"]],
    )


def deployment(record: Path = RUN_RECORD, proc: Path = Path("/proc")) -> str | None:
    """Who is deploying to this host right now: pyinfra-ollama's lock, or None."""
    try:
        lines = record.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    holder = said.get("holder", "")
    if "ended" in said or not holder.isdigit():
        return None
    try:
        # proc(5): what follows the name begins with field 3; 22 is when the process started.
        fields = (proc / holder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return said.get("who", "somebody") if fields[19] == said.get("started") else None


def appending(path: Path) -> int:
    """Open a file to append to, which others cannot read; never through a link."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(path, flags, 0o640)
