"""Looks for planted secrets where they must not be, while something runs and after it.

The secrets reach every watcher on its standard input, so that none finds itself.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fleet.harness import Fleet

# All processes of this machine and of the hosts on it, by their arguments.
_ARGUMENTS = """
import os, select, sys
words = sys.stdin.buffer.readline().split()
looks, found = 0, set()
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.02)[0]:
    looks += 1
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    line = file.read()
            except OSError:
                continue
            if any(word in line for word in words):
                found.add(line.replace(b"\\0", b" "))
for line in found:
    print(line.decode(errors="replace"))
print("looks", looks)
"""

# What a user of the host without any rights can read.
_ANYBODY = """
umask 077
cat >words
looks=0
while [ -e /var/tmp/watching ]; do
  grep -lsaFf words /proc/[0-9]*/cmdline /proc/[0-9]*/environ
  grep -rlsaFf words /tmp /var/tmp /run /dev/shm
  looks=$((looks + 1))
  sleep 0.2
done
places="/etc /opt /root /home /srv /var /usr/share/ollama /usr/local"
grep -rlsaFf words $places | grep -v "^$PWD/words$"
systemctl show ollama | grep -aFf words
systemctl cat ollama | grep -aFf words
journalctl --no-pager -o export 2>&1 | grep -aFf words
rm words
echo "looks $looks"
"""

# Stands where sshd starts a user's shell, and writes down what it is given.
_RECORDER = """#!/bin/bash
printf '%s\\n' "$*" >>/var/tmp/given
exec /bin/bash "$@"
"""


@dataclass
class Seen:
    """Where secrets were seen, and how often each watcher looked."""

    lines: list[str] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)

    def add(self, output: str) -> None:
        """Take what a watcher printed."""
        *lines, last = output.splitlines()
        self.lines += [line for line in lines if line != "ready"]
        self.looks.append(int(last.removeprefix("looks ")))


def record(fleet: Fleet, host: str, user: str) -> None:
    """Have everything that sshd runs for a user written down."""
    fleet.sh(host, "cat >/usr/local/bin/recorder", stdin=_RECORDER)
    fleet.sh(host, "chmod 755 /usr/local/bin/recorder; : >/var/tmp/given; chmod 666 /var/tmp/given")
    fleet.sh(host, f"usermod -s /usr/local/bin/recorder {user}")


def recorded(fleet: Fleet, host: str, words: list[str]) -> tuple[int, str]:
    """How many commands were written down, and those that hold a secret."""
    count = int(fleet.sh(host, "grep -c '^-c ' /var/tmp/given"))
    return count, fleet.ssh(host, "grep -aFf - /var/tmp/given", stdin="\n".join(words)).stdout


@contextmanager
def watched(fleet: Fleet, host: str, words: list[str]) -> Iterator[Seen]:
    """Watch this machine and the host; what is given is complete when the block was left."""
    seen = Seen()
    fleet.sh(host, "touch /var/tmp/watching")
    arguments = subprocess.Popen(
        [sys.executable, "-c", _ARGUMENTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert arguments.stdin
    assert arguments.stdout
    arguments.stdin.write(" ".join(words) + "\n")
    arguments.stdin.flush()
    assert arguments.stdout.readline() == "ready\n"
    options = {"user": "deployer", "stdin": "\n".join(words), "timeout": 600}
    with ThreadPoolExecutor(1) as pool:
        anybody = pool.submit(fleet.sh, host, _ANYBODY, **options)
        try:
            yield seen
        finally:
            fleet.sh(host, "rm -f /var/tmp/watching")
            seen.add(arguments.communicate("\n", timeout=60)[0])
        seen.add(anybody.result(120))


def files_with(words: list[str], *folders: str | Path) -> list[str]:
    """Files of this machine that hold a secret."""
    command = ["grep", "-rlsaFf", "-", *map(str, folders)]
    ran = subprocess.run(command, input="\n".join(words), capture_output=True, text=True)
    return ran.stdout.splitlines()
