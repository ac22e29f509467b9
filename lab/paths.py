"""Where the lab keeps things, locks on them, and how an artefact becomes whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lab.errors import LabError
from lab.processes import DIES_WITH_US
from lab.progress import HEARTBEAT_SECONDS, say

RUN_DIR = Path("/run/pyinfra-ollama-lab")
"""What concerns the whole machine (kernel settings changed); gone after a reboot, as they are."""


def cache_dir() -> Path:
    """Built artefacts, shared by all labs: `$PYINFRA_OLLAMA_CACHE` or the user's cache folder."""
    named = os.environ.get("PYINFRA_OLLAMA_CACHE")
    if named:
        return Path(named).absolute()
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(user_cache) / "pyinfra-ollama"


def labs_dir() -> Path:
    """The folder that holds one folder per lab: `$PYINFRA_OLLAMA_LAB_DIR` or below /var/lib."""
    return Path(
        os.environ.get("PYINFRA_OLLAMA_LAB_DIR") or "/var/lib/pyinfra-ollama-lab"
    ).absolute()


@contextlib.contextmanager
def lock(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock file; waits, and says so now and then, while another command has it.

    The kernel releases it when its holder dies in whatever way, so a lock is never stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with path.open("a+") as handle:
        said = time.monotonic()
        while True:
            try:
                fcntl.flock(handle, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # Asked again and again, not waited for inside the kernel: below pyinfra, threads
                # are gevent's, and one that waits there would stop the one that holds the lock.
                if time.monotonic() - said > 1:
                    say(f"waiting for another lab command that holds {path}")
                    said += HEARTBEAT_SECONDS
                time.sleep(0.05)
        yield


def artefact(path: Path, make: Callable[[Path], None]) -> Path:
    """The folder `path`, made by `make(temporary sibling)` unless it is already there.

    It appears by one rename after `make` returned, so a killed command leaves nothing that looks
    whole; what it did leave is removed by the next one. Two commands never make the same thing.
    """
    if path.exists():
        return path
    with lock(path.parent / f".{path.name}.lock"):
        if path.exists():
            return path
        part = path.parent / f".{path.name}.part"
        remove_tree(part)
        part.mkdir()
        make(part)
        part.rename(path)
    return path


def mounts_below(folder: Path) -> list[str]:
    """Mount points at or below `folder`, deepest first."""
    prefix = str(folder)
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        # The kernel writes spaces and the like in mount points as octal escapes.
        point = line.split()[4].encode().decode("unicode_escape")
        if point == prefix or point.startswith(prefix + "/"):
            found.append(point)
    return sorted(found, key=len, reverse=True)


def unmount_below(folder: Path) -> None:
    """Unmount everything at or below `folder`."""
    for _ in range(50):
        points = mounts_below(folder)
        if not points:
            return
        for point in points:
            subprocess.run([*DIES_WITH_US, "umount", point], capture_output=True, check=False)
        if mounts_below(folder):
            time.sleep(0.1)  # a machine that was just ended lets go of its root in a moment
    left = ", ".join(mounts_below(folder))
    if left:
        raise LabError(
            f"cannot unmount {left}: something still uses it (`fuser -vm {folder}` says what)"
        )


def remove_tree(folder: Path) -> None:
    """Remove a folder; mounts below it are undone first, so nothing of another file system goes."""
    if not folder.exists():
        return
    unmount_below(folder)
    command = [*DIES_WITH_US, "rm", "-rf", "--one-file-system", "--", str(folder)]
    said = ""
    for _ in range(5):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if not folder.exists():
            return
        said = result.stderr.strip()
        time.sleep(0.2)  # what a killed command started writes its last file
    raise LabError(f"cannot remove {folder}: {said}")
