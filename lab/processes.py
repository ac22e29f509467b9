"""Running tools so that they never outlive us, and finding the processes of a lab's machines.

A machine's processes are recognised by a variable in their environment, not by a recorded pid:
there is no moment at which a machine runs and is not yet on record, and a reused pid is never hit.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

MARK = "PYINFRA_OLLAMA_LAB_MACHINE"
"""Environment variable of a machine's supervisor and first process: the machine's folder."""

DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"]
"""Prefix of every tool, quick ones too: a copy or removal that outlives a killed command would go
on below what the next command makes."""

_OWN_NAMESPACES = [
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    "--",
]


def run_tool(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    scratch: Path | None = None,
    isolated: bool = True,
) -> None:
    """Run a long step; output goes to `log`, whose end is in the error when it fails.

    It dies with this process, also when that is killed. `isolated` runs it in a process and mount
    namespace of its own, so that its children die too and no mount of it stays behind
    (systemd-nspawn does both itself and needs the machine's own namespaces). `scratch` is where the
    tool's temporary files go, inside what is removed when the tool was killed; gone afterwards.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **(env or {})}
    if scratch:
        scratch.mkdir()
        environment["TMPDIR"] = str(scratch)
    prefix = DIES_WITH_US + (_OWN_NAMESPACES if isolated else [])
    with log.open("wb") as output:
        code = subprocess.run(
            [*prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        ).returncode
    if scratch:
        shutil.rmtree(scratch)
    if code != 0:
        tail = "\n  ".join(log.read_text(errors="replace").splitlines()[-15:])
        name = Path(command[0]).name
        raise LabError(f"{name} ended with code {code}; the end of {log}:\n  {tail}")


def capture(command: Sequence[str | Path], *, stdin: str | None = None) -> str:
    """Run a quick tool and return its stdout; LabError with its own words when it fails."""
    if not shutil.which(command[0]):
        raise LabError(f"{command[0]} is not installed; `python -m lab up` installs it")
    result = subprocess.run(
        [*DIES_WITH_US, *command], input=stdin, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        words = (result.stderr or result.stdout).strip()
        raise LabError(f"`{' '.join(map(str, command))}` failed: {words}")
    return result.stdout


@dataclass(frozen=True)
class Process:
    """A process of a machine: `first` is the machine's own pid 1, else its supervisor."""

    pid: int
    machine: str
    first: bool


def machine_processes(folder: Path) -> list[Process]:
    """Every supervisor and first process of the machines at or below `folder`, first ones first."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        machine = _mark(int(entry.name))
        if machine and (machine == str(folder) or machine.startswith(f"{folder}/")):
            with contextlib.suppress(OSError, IndexError):  # it ended while we looked
                status = (entry / "status").read_text()
                # "NSpid: 4711 1": our number for it, and the one in its own namespace.
                levels = status.split("NSpid:", 1)[1].splitlines()[0].split()
                found.append(
                    Process(int(entry.name), machine, len(levels) > 1 and levels[-1] == "1")
                )
    return sorted(found, key=lambda process: not process.first)


def leader(machine: Path) -> int | None:
    """The pid (seen from here) of the first process inside a running machine."""
    for process in machine_processes(machine):
        if process.first:
            return process.pid
    return None


def end_machines(folder: Path, *, timeout: float = 20) -> None:
    """End all machines at or below `folder` at once, as a power cut does; returns when gone."""
    started = time.monotonic()
    while processes := machine_processes(folder):
        waited = time.monotonic() - started
        for process in processes:
            # A supervisor tidies up by itself once its machine is gone; it gets time for that.
            if process.first or waited > 3:
                _kill(process)
        if waited > timeout:
            pids = ", ".join(str(process.pid) for process in processes)
            raise LabError(f"processes {pids} of {folder} do not end")
        with contextlib.ExitStack() as stack:
            gone = [
                pidfd for process in processes for pidfd in stack.enter_context(_pidfd(process))
            ]
            if gone:
                select.select(gone, [], [], 1)


def _mark(pid: int) -> str | None:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return None
    prefix = f"{MARK}=".encode()
    for entry in environment.split(b"\0"):
        if entry.startswith(prefix):
            return os.fsdecode(entry[len(prefix) :])
    return None


@contextlib.contextmanager
def _pidfd(process: Process) -> Iterator[list[int]]:
    """A handle that stays with this very process (none when it is gone)."""
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        yield []
        return
    try:
        yield [handle] if _mark(process.pid) == process.machine else []
    finally:
        os.close(handle)


def _kill(process: Process) -> None:
    with _pidfd(process) as handles:
        for handle in handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
