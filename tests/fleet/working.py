"""A run that is kept at work on a host, and what the host's lock says meanwhile.

It is kept by apt, which there waits before it installs while a file is there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fleet.harness import BIN, ROOT, Fleet, Ran, wait_until

HOST = "host1"
HOLD = "/var/tmp/hold"
WAIT = f'DPkg::Pre-Invoke {{"while [ -e {HOLD} ]; do sleep 0.05; done";}};'
RECORD = "/run/pyinfra-ollama/run"
LOCK_SCRIPT = ROOT / "pyinfra_ollama/scripts/lock.sh"
# Small, without dependencies, and asked for by nobody else.
PACKAGE = "tree"


@dataclass
class Started:
    """A run that goes on while the test looks at other things."""

    process: subprocess.Popen[str]
    said: Path

    def ended(self, seconds: float = 60) -> Ran:
        """Wait for its end."""
        code = self.process.wait(seconds)
        return Ran(code, "", self.said.read_text())


@contextmanager
def at_work(fleet: Fleet, tmp_path: Path, user: str = "root") -> Iterator[Started]:
    """A run that has begun to install the package, and waits."""
    fleet.sh(HOST, f"touch {HOLD}")
    said = tmp_path / "said"
    inventory = fleet.inventory(HOST, user=user, packages={"tools": [PACKAGE]})
    command = [str(BIN / "pyinfra"), str(inventory), "deploy.py", "-y"]
    with said.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True
        )
    try:
        wait_until("the run is at work", lambda: working(fleet))
        yield Started(process, said)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def working(fleet: Fleet) -> bool:
    """Whether apt waits; the brackets keep grep from finding itself."""
    return fleet.ssh(HOST, f"grep -ls '[w]hile.*{HOLD}' /proc/[0-9]*/cmdline").returncode == 0


def go_on(fleet: Fleet) -> None:
    """Let apt work."""
    fleet.sh(HOST, f"rm -f {HOLD}")


def installed(fleet: Fleet) -> bool:
    """Whether the package is there."""
    return fleet.ssh(HOST, f"dpkg-query -W {PACKAGE}").returncode == 0


def given_back(fleet: Fleet) -> bool:
    """Whether the last run said that it ended."""
    return "ended=" in fleet.sh(HOST, f"cat {RECORD}")


def asked(fleet: Fleet, *, seconds: int) -> dict[str, str]:
    """Ask for the lock as a run does that believes in connections for so many seconds."""
    words = f'sh -c "$(cat)" pyinfra-ollama take another "a test" "" {seconds} 0'
    answer = fleet.sh(HOST, words, stdin=LOCK_SCRIPT.read_text())
    return dict(line.split("=", 1) for line in answer.splitlines())
