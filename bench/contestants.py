"""Who is compared: how each is started, and what it says about hosts and changes."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.commands import BenchError, Ran, run
from bench.declared import Declared
from bench.results import ANSIBLE, FLOOR, LABELS, PACKAGE, PLAIN

ROOT = Path(__file__).resolve().parents[1]
PYINFRA = Path(sys.executable).parent / "pyinfra"
DEFAULT_PLAYBOOK_COMMAND = ROOT / ".venv-bench/bin/ansible-playbook"


@dataclass(frozen=True)
class Outcome:
    """What a run did: on how many hosts it was, how many things it changed."""

    hosts: int
    changes: int


def pyinfra_outcome(text: str) -> Outcome:
    """From pyinfra's own closing table; BenchError when it is not there or shows an error."""
    hosts = len(set(re.findall(r"^\s*\[([^\]]+)\]\s+Connected", text, re.M)))
    total = re.search(r"Grand total\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)", text)
    if not total or total[3] != "-":
        raise BenchError(f"pyinfra's results were not understood or show errors:\n{text[-3000:]}")
    return Outcome(hosts, 0 if total[2] == "-" else int(total[2]))


def exec_outcome(text: str) -> Outcome:
    """From `pyinfra exec`: it changes nothing."""
    return Outcome(len(set(re.findall(r"^\s*\[([^\]]+)\]\s+Connected", text, re.M))), 0)


def ansible_outcome(text: str) -> Outcome:
    """From Ansible's recap; BenchError when a host failed."""
    rows = re.findall(
        r"^\S+\s*: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", text, re.M
    )
    if not rows or any(unreachable != "0" or failed != "0" for _, unreachable, failed in rows):
        raise BenchError(f"Ansible's recap was not understood or shows errors:\n{text[-3000:]}")
    return Outcome(len(rows), sum(int(changed) for changed, _, _ in rows))


@dataclass(frozen=True)
class Contestant:
    """One way to reach the state; `command` is what a person would type for so many hosts."""

    name: str
    folder: Path
    command: Callable[[int], list[str]]
    outcome: Callable[[str], Outcome]
    seconds_per_host: float
    warm_up: Callable[[int], list[str]] | None = None
    variables: Callable[[int], dict[str, str]] = field(default=lambda count: {})

    @property
    def label(self) -> str:
        """For people."""
        return LABELS[self.name]

    def run(self, count: int, *words: str, bare: bool = False) -> tuple[Ran, Outcome]:
        """Run on so many hosts and see that all of them were reached and none failed.

        `words` are added to the command. On `bare` hosts it may take longer.
        """
        ran = self._run(count, [*self.command(count), *words], bare)
        outcome = self.outcome(ran.out + ran.err)
        if outcome.hosts != count:
            raise BenchError(f"{self.label} was on {outcome.hosts} of {count} hosts:\n{ran.tail}")
        return ran, outcome

    def warm(self, count: int) -> None:
        """Have read from disk, and connected where connections last, what a measured run needs."""
        self._run(count, (self.warm_up or self.command)(count))

    def _run(self, count: int, command: list[str], bare: bool = False) -> Ran:
        ran = run(
            command,
            folder=self.folder,
            timeout_seconds=120 + count * (self.seconds_per_host + (60 if bare else 0)),
            **self.variables(count),
        )
        if ran.code != 0:
            raise BenchError(f"{self.label} ended with exit code {ran.code}:\n{ran.tail}")
        return ran


def floor(declared: Declared) -> Contestant:
    """Connect to every host and run `true`: less is not possible with one connection a host."""
    return Contestant(
        name=FLOOR,
        folder=declared.folder,
        command=lambda count: [
            str(PYINFRA), str(declared.bare_inventory(count)), "exec", "--", "true",
        ],
        outcome=exec_outcome,
        seconds_per_host=1,
    )  # fmt: skip


def package(declared: Declared) -> Contestant:
    """This package, from the folder with its config.py, as its documents say."""
    return Contestant(
        name=PACKAGE,
        folder=ROOT,
        command=lambda count: [
            str(PYINFRA), str(declared.package_inventory(count)), "deploy.py", "-y",
        ],
        outcome=pyinfra_outcome,
        seconds_per_host=5,
    )  # fmt: skip


def plain(declared: Declared) -> Contestant:
    """pyinfra's own operations, in a folder where nothing of this package has a say."""
    return Contestant(
        name=PLAIN,
        folder=ROOT / "bench/plain",
        command=lambda count: [
            str(PYINFRA), str(declared.plain_inventory(count)), "deploy.py", "-y",
        ],
        outcome=pyinfra_outcome,
        seconds_per_host=10,
    )  # fmt: skip


def ansible(declared: Declared, playbook_command: Path) -> Contestant:
    """ansible-core with what makes it fast: pipelining, one connection a host, a fork a host."""
    if not shutil.which(playbook_command):
        raise BenchError(f"{playbook_command} is not there; `make bench` makes it")

    def variables(count: int) -> dict[str, str]:
        return {"ANSIBLE_CONFIG": str(write_ansible_config(declared, count))}

    return Contestant(
        name=ANSIBLE,
        folder=ROOT / "bench/ansible",
        command=lambda count: [
            str(playbook_command), "-i", str(declared.ansible_inventory(count)), "playbook.yml",
        ],
        outcome=ansible_outcome,
        seconds_per_host=25,
        warm_up=lambda count: [
            str(playbook_command.with_name("ansible")),
            "-i", str(declared.ansible_inventory(count)), "all", "-m", "ping",
        ],
        variables=variables,
    )  # fmt: skip


def write_ansible_config(declared: Declared, forks: int) -> Path:
    """Ansible's configuration; its connections stay open for the whole comparison."""
    lab, folder = declared.lab, declared.folder
    path = folder / f"ansible-{forks}.cfg"
    path.write_text(f"""\
[defaults]
home = {folder}/ansible
local_tmp = {folder}/ansible/tmp
forks = {forks}
gathering = explicit
interpreter_python = /usr/bin/python3
remote_user = root
private_key_file = {lab.key}
timeout = 30
[connection]
pipelining = True
[ssh_connection]
control_path_dir = {folder}/cp
ssh_args = -F none -o ControlMaster=auto -o ControlPersist=1800 -o IdentitiesOnly=yes \
-o UserKnownHostsFile={lab.known_hosts} -o StrictHostKeyChecking=yes
""")
    return path
