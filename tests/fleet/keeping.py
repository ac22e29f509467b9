"""What the tests of backups share: a host that declares one, and how it is asked about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfra_ollama.settings import Secret
from tests.fleet.generating import generating
from tests.fleet.harness import BIN, Fleet, Ran, run
from tests.fleet.vault import Vault

HOST, VAULT = "host1", "host2"
STATE = "/var/lib/pyinfra-ollama/backup"
PRIVATE = "/etc/pyinfra-ollama/backup"
TASKS = ("run", "check", "rehearse")
CHECKS = ("backup", "backup-secrets", "backup-check", "backup-rehearsal")
# Where the vault has what came by SSH.
FAR = "/home/keeper/kept"
# One byte in the middle of the largest file of data becomes another one.
ROT = (
    f"cp -a {FAR} /srv/whole; f=$(ls -S {FAR}/*/data/*/* | head -1); chmod u+w $f; "
    "at=$(($(stat -c %s $f) / 2)); now=$(od -An -tu1 -j$at -N1 $f); "
    'printf "\\\\$(printf %o $((255 - now)))" | dd of=$f bs=1 seek=$at conv=notrunc status=none'
)
WHOLE = f"rm -rf {FAR}; mv /srv/whole {FAR}"
# Of this host's own processes: one that ended without a word, one that goes on.
LOCK = f"""\
. {PRIVATE}/settings
export RESTIC_PASSWORD_FILE={PRIVATE}/password RESTIC_REPOSITORY_FILE={PRIVATE}/repository
mkfifo -m 600 /root/fifo
sleep 300 >/root/fifo 2>/dev/null </dev/null &
restic -o "sftp.command=$sftp_command" backup --stdin --tag other \
  </root/fifo >/dev/null 2>&1 & echo $! >/root/holder
until [ -n "$(restic -o "sftp.command=$sftp_command" list locks --no-lock)" ]; do sleep 0.2; done
"""
# Whose the gateway's keys and certificates are, who may read them, and what they are.
GATEWAYS = (
    "cd /etc/pyinfra-ollama/tls; find . -exec stat -c '%U:%G %a %n' {} + | sort; "
    "find . -type f -exec sha256sum {} + | sort"
)
MODELFILE = """\
FROM {base}
SYSTEM You are a pirate.
PARAMETER seed 7
PARAMETER temperature 0
PARAMETER num_predict 12
"""
TAGS = "curl --fail -sS http://127.0.0.1:11434/api/tags"
ASK = (
    "curl --fail -sS http://127.0.0.1:11434/api/generate -d "
    '\'{"model":"byhand","prompt":"Tell me of the sea.","stream":false}\''
)
NOTHING: dict[str, list[str]] = {}


def inventory(fleet: Fleet, place: dict[str, Any], *, models: Any = (), **more: Any) -> Path:
    """One host whose backups go there; `more` are fields of Backup, or variables of group data."""
    variables = {name: more.pop(name) for name in ("ollama", "verify", "gateway") if name in more}
    ollama = {"models": list(models), **variables.pop("ollama", {})}
    fields = {"repository": place, "password": Secret.env("BACKUP_PASSWORD"), **more}
    return fleet.inventory(HOST, ollama=ollama, backup=fields, **variables)


def blocks(page: str) -> list[list[str]]:
    """The commands that a page shows, by the blocks they stand in."""
    found: list[list[str]] = []
    former = ""
    for line in page.splitlines():
        if line.startswith("    "):
            found += [] if former.startswith("    ") else [[]]
            found[-1].append(line.strip())
        former = line
    return found


def digests(fleet: Fleet) -> dict[str, str]:
    """What the server lists, by name."""
    return {row["name"]: row["digest"] for row in json.loads(fleet.sh(HOST, TAGS))["models"]}


def answer(fleet: Fleet) -> str:
    """What the model made on the host says, at the seed and temperature of its Modelfile."""
    with generating():
        return str(json.loads(fleet.sh(HOST, ASK))["response"])


def strike(task: str, moment: str, *, apart: bool) -> str:
    """A command that kills the tool and all below it once `moment` succeeds; fails if it ended."""
    file = "/root/settings" if apart else f"{PRIVATE}/settings"
    tool = f"echo $$ >/root/struck; exec ollama-backup --settings {file} {task}"
    return (
        f"rm -f /root/struck; setsid sh -c '{tool}' >/dev/null 2>&1 </dev/null & "
        f"until [ -s /root/struck ]; do sleep 0.02; done; pid=$(cat /root/struck); "
        f"while ! {{ {moment}; }} >/dev/null 2>&1 && kill -0 $pid; do sleep 0.02; done; "
        "kill -9 -- -$pid"
    )


@dataclass
class Kept:
    """A host whose backups go to a vault."""

    fleet: Fleet
    vault: Vault
    inventory: Path

    def command(self, name: str, *words: str) -> Ran:
        """`pyinfra-ollama NAME INVENTORY ...`."""
        with self.fleet.turn(self.inventory):
            return run([str(BIN / "pyinfra-ollama"), name, str(self.inventory), *words], 600)

    def checks(self) -> dict[str, str]:
        """What the verifier says of the backup."""
        found = self.fleet.verify(self.inventory, "--format", "json", "--no-generate").document
        rows = {row["check"]: row["status"] for row in found["hosts"][0]["checks"]}
        return {name: rows[name] for name in CHECKS}

    def start(self, task: str) -> dict[str, str]:
        """Have the timer's service do its task; how it went."""
        self.fleet.ssh(HOST, f"systemctl start ollama-backup-{task}.service", timeout=300)
        return self.state(task)

    def tool(self, *words: str, **settings: object) -> tuple[int, str]:
        """Run the tool itself, with some of its settings in another way: its code, its words."""
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        file = f"{PRIVATE}/settings"
        if lines:
            self.fleet.sh(HOST, f"umask 077; cat {file} - >/root/settings", stdin=lines)
            file = "/root/settings"
        ran = self.fleet.ssh(
            HOST, f"ollama-backup --settings {file} {' '.join(words)}", timeout=300
        )
        return ran.returncode, ran.stdout + ran.stderr

    def state(self, task: str) -> dict[str, str]:
        """How the last of this task went; empty when it never did."""
        lines = self.fleet.sh(HOST, f"[ ! -e {STATE}/{task} ] || cat {STATE}/{task}").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def newest(self) -> str:
        """The name of the last snapshot, as the repository says."""
        return str(json.loads(self.tool("snapshots")[1])[-1]["id"])

    @contextmanager
    def damaged(self, host: str, damage: str, mending: str) -> Iterator[None]:
        """Damage something, and mend it whatever happens."""
        self.fleet.sh(host, damage)
        try:
            yield
        finally:
            self.fleet.sh(host, mending)
