"""Commands as a person runs them, and what they said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Ran:
    """A command that ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams, for messages and for searching."""
        return self.err + self.out

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as JSON."""
        assert self.out, f"nothing on standard output:\n{self.err}"
        document: dict[str, Any] = json.loads(self.out)
        return document

    def commands(self, host: str) -> int:
        """How many commands pyinfra sent to a host, after a run with `-vv`."""
        return sum(line.startswith(f"[{host}] >>> ") for line in self.err.splitlines())

    def changed(self, key: str = "success") -> dict[str, list[str]]:
        """Which operations changed each host, after `apply`."""
        return _by_host(self.document["results"]["operations"], key)

    @property
    def planned(self) -> dict[str, list[str]]:
        """Which operations would change each host, after `plan`."""
        return _by_host(self.document["plan"], "hosts_with_change")


def _by_host(operations: Iterable[Mapping[str, Any]], key: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for operation in operations:
        for host in operation[key]:
            found.setdefault(host, []).append(operation["name"].split(" | ")[-1])
    return found


def run(command: list[str], timeout: float, **environment: str) -> Ran:
    """Run a command in the repository's folder, without a terminal."""
    ended = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYINFRA_PROGRESS": "off", "COLUMNS": "200", **environment},
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def wait_until(what: str, look: Callable[[], object], seconds: float = 30) -> None:
    """Poll until `look()` is true; fails naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain until {what}"
        time.sleep(0.1)
