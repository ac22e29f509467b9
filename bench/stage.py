"""The hosts of the comparison: made, prepared, looked at with plain ssh, taken down."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.commands import BenchError, run
from bench.declared import PACKAGES, VERSION, Declared
from bench.results import hosts
from lab import api
from lab.ending import guarded
from lab.errors import LabError
from pyinfra_ollama import layout

_STARTED = time.monotonic()

# Whatever a person would call the state; marks that only pyinfra-ollama keeps are left out.
STATE_SCRIPT = f"""
set -u
export LC_ALL=C
dpkg-query -W -f '${{Package}} ${{db:Status-Status}}\\n' {" ".join(PACKAGES)}
id -nG ollama; getent passwd ollama | cut -d : -f 1,6,7
stat -c '%n %F %U:%G %a' {layout.OPT} {layout.RELEASES} {layout.STATE} {layout.HOME} \
  {layout.HOME}/.ollama {layout.HOME}/.ollama/models {layout.UNIT_FILE} {layout.DROP_IN}
readlink {layout.CURRENT} {layout.COMMAND}
cd {layout.RELEASES}/{VERSION} || exit 1
find . -name '.?*' -prune -o -printf '%p %y %U:%G %m %l\\n' | sort
find . -name '.?*' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
sha256sum {layout.UNIT_FILE} {layout.DROP_IN}
systemctl is-active ollama; systemctl is-enabled ollama
systemctl show ollama -p NeedDaemonReload -p User -p FragmentPath -p DropInPaths
pid=$(systemctl show ollama -p MainPID --value)
readlink /proc/$pid/exe
tr '\\0' '\\n' </proc/$pid/environ | grep -E '^(OLLAMA|PYINFRA)' | sort
curl -sS http://127.0.0.1:11434/api/version
curl -sS http://127.0.0.1:11434/api/tags | grep -oE '"(name|digest)":"[^"]*"'
"""

PYTHON_SCRIPT = r"""
set -eu
export DEBIAN_FRONTEND=noninteractive
if ! dpkg-query -W python3-apt >/dev/null 2>&1; then
  lists=$(ls /var/lib/apt/lists | grep -c _ || true)
  apt-get -q update
  apt-get -qy --no-install-recommends -o Dpkg::Options::=--force-unsafe-io \
    install python3 python3-apt
  apt-get clean
  # Who deploys to a bare host has to fetch the lists, Ansible too.
  # Their folder's age is how Ansible tells.
  [ "$lists" -gt 0 ] || { rm -rf /var/lib/apt/lists/*; touch -d 2000-01-01 /var/lib/apt/lists; }
fi
"""

FRESH_LISTS_SCRIPT = "touch /var/lib/apt/periodic/update-success-stamp"


def say(text: str) -> None:
    """One line on standard error, with the time since the start."""
    seconds = int(time.monotonic() - _STARTED)
    print(f"bench {seconds // 60:3d}:{seconds % 60:02d}  {text}", file=sys.stderr, flush=True)


def on_hosts(
    declared: Declared, count: int, script: str, *, timeout_seconds: float = 300, jobs: int = 8
) -> list[str]:
    """Run a script on the first so many hosts, some at a time; what each printed."""

    def one(name: str) -> str:
        ran = api.run(declared.lab.name, name, script, timeout=timeout_seconds)
        if ran.returncode != 0:
            raise BenchError(f"{name}: a script ended with {ran.returncode}:\n{ran.stderr[-2000:]}")
        return ran.stdout

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, [host.name for host in declared.hosts(count)]))


def have_python(declared: Declared, count: int) -> None:
    """What Ansible needs on a host, from the lab's own keeper of packages."""
    say(f"installing python3 and python3-apt on {hosts(count)}, for Ansible")
    on_hosts(declared, count, PYTHON_SCRIPT, timeout_seconds=900, jobs=4)


def have_fresh_lists(declared: Declared, count: int) -> None:
    """Have the mark by which pyinfra and Ansible know that package lists are new."""
    on_hosts(declared, count, FRESH_LISTS_SCRIPT)


def states(declared: Declared, count: int) -> list[str]:
    """What each host is, seen with plain ssh."""
    return on_hosts(declared, count, STATE_SCRIPT)


def keep_texts(declared: Declared) -> None:
    """Take the unit and its drop-in off the first host, for the contestants that copy files."""
    for path, file in (
        (layout.UNIT_FILE, declared.unit_file),
        (layout.DROP_IN, declared.drop_in_file),
    ):
        file.write_text(on_hosts(declared, 1, f"cat {shlex.quote(path)}")[0])


def make_bare(declared: Declared, count: int) -> None:
    """Give the first so many hosts back as they came."""
    close_connections(declared.folder)
    api.reset(declared.lab.name, [host.name for host in declared.hosts(count)])


def close_connections(folder: Path) -> None:
    """End the connections that Ansible left open."""
    for socket in (folder / "cp").glob("*"):
        if socket.is_socket():
            command = ["ssh", "-F", "none", "-o", f"ControlPath={socket}", "-O", "exit", "nobody"]
            run(command, folder=folder, timeout_seconds=10)


def ended(
    work: Callable[[], object], lab: str, *failures: type[Exception], folder: Path, keep: bool
) -> int:
    """Do the work on a lab's hosts, and remove them however it ends; returns the exit code.

    + failures: what may go wrong besides what the lab and the commands of a benchmark say
    """

    def take_down() -> None:
        if not keep and api.down(lab):
            say("the hosts are removed")
        close_connections(folder)

    return guarded(work, take_down, say, BenchError, LabError, *failures)
