"""Runs one command under a stopwatch, and ends it whole when it takes too long."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# What a person's shell may have set for pyinfra, Ansible or Python has no say.
KEPT_VARIABLES = ("HOME", "PATH", "TMPDIR")
FIXED_VARIABLES = {"LC_ALL": "C.UTF-8", "COLUMNS": "200", "PYINFRA_PROGRESS": "off"}
TAIL_CHARACTERS = 3000


class BenchError(Exception):
    """The comparison cannot go on; the text says why and what was seen."""


@dataclass(frozen=True)
class Ran:
    """A command that ended: how long it took from start to end, and what it said."""

    seconds: float
    code: int
    out: str
    err: str

    @property
    def tail(self) -> str:
        """The end of what it said, for messages."""
        return (self.out + self.err)[-TAIL_CHARACTERS:]


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The few variables that a measured command sees."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, **FIXED_VARIABLES, **more}


def run(command: Sequence[str], *, folder: Path, timeout_seconds: float, **variables: str) -> Ran:
    """Run a command in a folder and time it. Raises BenchError when it takes too long.

    Whatever interrupts the wait, no process of the command's group outlives it.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(variables),
            stdin=subprocess.DEVNULL,
            # Files: a pipe would end only with the last of Ansible's lingering connections.
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            ended = _wait(process, timeout_seconds)
            seconds = time.perf_counter() - started
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode(errors="replace"))
        ran = Ran(seconds, process.returncode, *said)
    if not ended:
        shown = " ".join(command)
        raise BenchError(f"`{shown}` took more than {timeout_seconds:g} s; it said:\n{ran.tail}")
    return ran


def _wait(process: subprocess.Popen[bytes], timeout_seconds: float) -> bool:
    """Whether the process ended in time.

    By the kernel's notice: subprocess looks every 50 ms, which is a tenth of what is measured.
    """
    try:
        notice = os.pidfd_open(process.pid)
    except ProcessLookupError:
        # It has ended, and gevent, where it is at work, has seen to that already.
        process.wait()
        return True
    try:
        poll = select.poll()
        poll.register(notice, select.POLLIN)
        return bool(poll.poll(timeout_seconds * 1000))
    finally:
        os.close(notice)
