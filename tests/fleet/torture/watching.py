"""pyinfra run as a person runs it, and struck at a moment of what it says."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fleet.running import BIN, ROOT

_OPERATION = re.compile(r"--> Starting operation: (?:.* \| )?(.+?) *$")
# What pyinfra itself says of a host is indented; commands and what they say are not.
_SAID = re.compile(r"\[(\w+)\] (.*)")
# The first words of each script, by which its command is known.
_SCRIPTS = {
    path.read_text().splitlines()[0][2:].split("'")[0][:40]: path.stem
    for path in (ROOT / "pyinfra_ollama/scripts").glob("*.sh")
}
# Nothing that a deployment waits for is longer silent than its limits allow.
LONGEST_RUN_SECONDS = 240


@dataclass
class Talk:
    """What a run said so far, and what it is at on one host."""

    host: str
    lines: list[str] = field(default_factory=list)
    operation: str = "looking before the first operation"
    command: str = ""
    beats: int = 0
    over: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, line: str) -> None:
        """Take one line."""
        with self.changed:
            self.lines.append(line)
            operation, said = _OPERATION.match(line), _SAID.match(line)
            if operation:
                self.operation, self.command = operation[1], ""
            elif said and said[1] == self.host:
                self.command = _named(said[2]) or self.command
            else:
                return
            self.beats += 1
            self.changed.notify_all()

    def end(self) -> None:
        """Nothing more will be said."""
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def wait(self, beat: int, pause: float) -> bool:
        """Wait for the moment; False when the run ended before it."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or self.beats >= beat, LONGEST_RUN_SECONDS)
            return not self.changed.wait_for(lambda: self.over, pause)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.lines)


def _named(said: str) -> str:
    """What command a line shows, "" when it shows none."""
    if not said.startswith(">>> "):
        return ""
    for words, name in _SCRIPTS.items():
        if words in said:
            return f"{name}.sh"
    # `sh -c 'COMMAND'`, as pyinfra wraps everything.
    return said.removeprefix(">>> sh -c ").strip("'")[:40]


@dataclass(frozen=True)
class Struck:
    """How a struck run ended. `late`: it had ended before."""

    code: int
    text: str
    operation: str
    command: str
    at_work: str
    late: bool
    seconds: float


def run_and_strike(
    inventory: Path,
    host: str,
    *,
    beat: int,
    pause: float,
    look: Callable[[], str],
    strike: Callable[[subprocess.Popen[str]], None],
) -> Struck:
    """Deploy, look at what is at work on the host at the moment, strike, wait for the end."""
    run = subprocess.Popen(
        [str(BIN / "pyinfra"), str(inventory), "deploy.py", "-y", "-vv"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "PYINFRA_PROGRESS": "off", "COLUMNS": "200"},
    )
    talk = Talk(host)
    reader = threading.Thread(target=_read, args=(run, talk))
    reader.start()
    try:
        in_time = talk.wait(beat, pause)
        operation, command, at_work = talk.operation, talk.command, look()
        strike(run)
        struck = time.monotonic()
        run.wait(LONGEST_RUN_SECONDS)
        took = time.monotonic() - struck
    except subprocess.TimeoutExpired:
        raise AssertionError(
            f"{LONGEST_RUN_SECONDS} s after the strike, at {operation}: {command}, the run has not "
            f"ended:\n{talk.text[-3000:]}"
        ) from None
    finally:
        run.kill()
        run.wait()
        reader.join()
    return Struck(run.returncode, talk.text, operation, command, at_work, not in_time, took)


def _read(run: subprocess.Popen[str], talk: Talk) -> None:
    assert run.stdout is not None
    with run.stdout:
        for line in run.stdout:
            talk.hear(line)
    talk.end()
