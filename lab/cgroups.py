"""A control group per machine, on machines without systemd.

There systemd-nspawn puts every machine into the group `payload` of its caller: two machines would
share it, and the systemd inside one would end, or fail over, services of the other. Where systemd
runs, it gives each machine a scope of its own and nothing is done here.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

TOP = "pyinfra-ollama-lab"


def needed() -> bool:
    """Whether there is no systemd on this machine that does it."""
    return not Path("/run/systemd/system").is_dir()


def entering(machine: str) -> list[str]:
    """A command prefix that moves what follows into the machine's own group."""
    if not needed():
        return []
    files = []
    for hierarchy in _hierarchies():
        group = hierarchy / TOP / machine
        group.mkdir(parents=True, exist_ok=True)
        files.append(str(group / "cgroup.procs"))
    script = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit; shift; done; shift; exec "$@"'
    return ["sh", "-c", script, "sh", *files, "--"]


def remove(machine: str) -> None:
    """Remove an ended machine's group (its systemd left a tree of them)."""
    for hierarchy in _hierarchies():
        group = hierarchy / TOP / machine
        for _ in range(20):
            for folder, _folders, _files in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
            if not group.exists():
                break
            time.sleep(0.1)  # its last processes are going
        with contextlib.suppress(OSError):
            group.parent.rmdir()  # the last machine's


def _hierarchies() -> list[Path]:
    """Where the groups are that systemd uses: version 2, and version 1's named `systemd`."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            found.append(Path(before.split()[4]))
    return found
