"""A control group per machine, apart from the command that boots it.

Without systemd here, systemd-nspawn puts every machine into the group `payload` of its caller: two
machines would share it, and the systemd inside one would end, or trip over, services of the other.
With systemd here, the machine's supervisor would stay among its caller's processes and end with
the login or the service that these belong to. So each machine gets a group, or a unit, of its own.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

TOP = "pyinfra-ollama-lab"


def needed() -> bool:
    """Whether there is no systemd on this machine that makes units."""
    return not Path("/run/systemd/system").is_dir()


def detached(machine: str, environment: str, log: Path) -> list[str]:
    """A command prefix: what follows is nobody's child, in a group of its own, and writes to `log`.

    `environment` (`NAME=value`) is set for it. Ctrl-C at this command does not reach it.
    """
    if needed():
        return ["env", environment, "setsid", "--fork", *entering(machine)]
    return [
        "systemd-run",
        "--quiet",
        "--collect",
        # The last part: the unit of the same machine that was just ended may still be going.
        f"--unit={TOP}-{machine}-{secrets.token_hex(3)}",
        "--property=Delegate=yes",
        "--property=KillMode=mixed",
        f"--property=StandardOutput=append:{log}",
        f"--property=StandardError=append:{log}",
        f"--setenv={environment}",
    ]


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
