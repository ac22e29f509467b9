"""Backup and restore: kept on another machine by SSH, brought back on a host that lost all."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import BIN, Fleet, Ran, run

pytestmark = pytest.mark.slow

HOST, VAULT = "host1", "host2"
PASSWORD = "canary-backup-password-7Q"
STATE = "/var/lib/pyinfra-ollama/backup"
ROT = (
    "cp -a /srv/kept /srv/whole; chmod -R u+w /srv/kept; for f in /srv/kept/*/data/*/*; do "
    "printf XXXXXXXX | dd of=$f bs=1 seek=60 conv=notrunc status=none; done"
)
NOTHING: dict[str, list[str]] = {}


@dataclass(frozen=True)
class Kept:
    """A host with a model of its own, whose backups go to another."""

    fleet: Fleet
    inventory: Path

    def command(self, *words: str) -> Ran:
        name, *more = words
        with self.fleet.turn(self.inventory):
            return run([str(BIN / "pyinfra-ollama"), name, str(self.inventory), *more], 600)

    def checks(self) -> dict[str, str]:
        found = self.fleet.verify(self.inventory, "--format", "json", "--no-generate").document
        return {row["check"]: row["status"] for row in found["hosts"][0]["checks"]}

    def state(self, task: str) -> dict[str, str]:
        lines = self.fleet.sh(HOST, f"cat {STATE}/{task}").splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def kept(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("backup")
    key, password = folder / "key", folder / "password"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "backup", "-f", str(key)]
    subprocess.run(words, check=True)
    password.touch(mode=0o600)
    password.write_text(f"{PASSWORD}\n")
    fleet.reset(HOST, VAULT)
    public = key.with_suffix(".pub").read_text().strip()
    fleet.sh(VAULT, f"cat >>/root/.ssh/authorized_keys <<'END'\n{public}\nEND")
    of_vault = fleet.sh(VAULT, "ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key").split()[:2]
    place: dict[str, Any] = {
        "server": fleet.lab.host(VAULT).address,
        "user": "root",
        "path": "/srv/kept/{host}",
        "key": Secret.file(str(key)),
        "host_keys": [" ".join(of_vault)],
    }
    chat = fleet.chat()
    own = {**chat, "name": "mine", "base": chat["name"], "options": {"num_ctx": 512}}
    inventory = fleet.inventory(
        HOST,
        ollama={"models": [own]},
        backup={"repository": place, "password": Secret.file(str(password))},
    )
    fleet.apply(inventory)
    return Kept(fleet, inventory)


def test_a_second_run_changes_nothing(kept: Kept) -> None:
    assert kept.fleet.apply(kept.inventory).changed() == NOTHING
    assert kept.checks()["backup"] == "warn", "there is none yet"


def test_the_timers_services_can_do_their_work(kept: Kept) -> None:
    for task in ("run", "check", "rehearse"):
        kept.fleet.sh(HOST, f"systemctl start ollama-backup-{task}.service", timeout=300)
        assert kept.state(task)["result"] == "good"
    checks = kept.checks()
    assert {name: state for name, state in checks.items() if name.startswith("backup")} == {
        "backup": "pass",
        "backup-secrets": "pass",
        "backup-check": "pass",
        "backup-rehearsal": "pass",
    }


def test_one_more_is_made_and_listed(kept: Kept) -> None:
    ran = kept.command("backup")
    assert ran.code == 0, ran.text
    found = kept.command("snapshots", "--format", "json").document
    [host] = found["hosts"]
    assert len(host["snapshots"]) == 2
    assert {row["ollama"] for row in host["snapshots"]} == {"0.33.0"}


def test_the_password_is_nowhere_but_in_its_file(kept: Kept) -> None:
    sh = kept.fleet.sh
    holders = sh(HOST, f"grep -rl {PASSWORD} /etc /var/lib/pyinfra-ollama /run /tmp || true")
    assert holders.splitlines() == ["/etc/pyinfra-ollama/backup/password"]
    assert sh(HOST, f"stat -c '%a %U' {holders}") == "600 root"
    assert PASSWORD not in sh(HOST, "journalctl --no-pager -u 'ollama-backup-*'")
    assert sh(VAULT, f"grep -rl {PASSWORD} /srv/kept || true") == ""


def test_a_host_that_lost_all_gets_it_back(kept: Kept) -> None:
    fleet = kept.fleet
    key = fleet.sh(HOST, "cat /usr/share/ollama/.ollama/id_ed25519.pub")
    tags = "curl --fail -sS http://127.0.0.1:11434/api/tags"
    digests = {row["name"]: row["digest"] for row in json.loads(fleet.sh(HOST, tags))["models"]}
    answer = fleet.ask(HOST, "mine")
    fleet.reset(HOST)
    ran = kept.command("restore", "--yes")
    assert ran.code == 0, ran.text
    assert fleet.ask(HOST, "mine") == answer
    after = {row["name"]: row["digest"] for row in json.loads(fleet.sh(HOST, tags))["models"]}
    assert after["mine:latest"] == digests["mine:latest"]
    assert fleet.sh(HOST, "cat /usr/share/ollama/.ollama/id_ed25519.pub") == key
    assert fleet.apply(kept.inventory).changed() == NOTHING


@pytest.mark.parametrize(
    ("where", "damage", "mending", "task", "code", "check"),
    [
        (VAULT, "mv /srv/kept /srv/lost", "mv /srv/lost /srv/kept", "run", "10", "backup"),
        (
            HOST,
            "ip route add unreachable ADDRESS/32",
            "ip route del unreachable ADDRESS/32",
            "run",
            "13",
            "backup",
        ),
        (
            VAULT,
            ROT,
            "rm -rf /srv/kept; mv /srv/whole /srv/kept",
            "check",
            "14",
            "backup-check",
        ),
    ],
    ids=["gone", "unreachable", "damaged"],
)
def test_trouble_is_told_and_seen_by_the_verifier(
    kept: Kept, where: str, damage: str, mending: str, task: str, code: str, check: str
) -> None:
    fleet = kept.fleet
    fleet.sh(HOST, "ollama-backup run")
    address = fleet.lab.host(VAULT).address
    fleet.sh(where, damage.replace("ADDRESS", address))
    try:
        assert fleet.ssh(HOST, f"ollama-backup {task}", timeout=300).returncode == int(code)
        assert kept.state(task)["code"] == code
        assert kept.checks()[check] == ("fail" if check == "backup-check" else "warn")
    finally:
        fleet.sh(where, mending.replace("ADDRESS", address))
    fleet.sh(HOST, f"ollama-backup {task}", timeout=300)
    assert kept.checks()[check] == "pass"


def test_a_stopped_timer_is_started_by_the_next_run(kept: Kept) -> None:
    kept.fleet.sh(HOST, "systemctl disable --now ollama-backup-run.timer")
    assert kept.checks()["backup"] == "fail"
    changed = kept.fleet.apply(kept.inventory).changed()
    assert "Have the backup's timers running" in changed[HOST]
    assert kept.checks()["backup"] == "pass"
