"""Whoever connects gets the same host."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import VERSION, Fleet

HOSTS = ("host1", "host2")


@pytest.fixture(scope="module")
def by_users(fleet: Fleet) -> Path:
    """Bare hosts; host1 for a user whose sudo just works, host2 for one whose sudo asks."""
    fleet.reset(*HOSTS)
    asker = {"ssh_user": "asker", "_sudo_password": fleet.lab.sudo_password}
    return fleet.inventory(*HOSTS, user="deployer", each={"host2": asker})


def test_from_bare_with_sudo(fleet: Fleet, by_users: Path) -> None:
    """Both kinds of sudo: foretold, done, done for good, and nothing is left behind."""
    planned = fleet.plan(by_users).planned
    ran = fleet.apply(by_users)
    assert ran.changed() == planned
    assert fleet.apply(by_users).changed() == {}
    assert fleet.lab.sudo_password not in ran.text
    for host in HOSTS:
        assert fleet.version(host) == VERSION
        assert fleet.sh(host, "stat -c %U:%a /opt/ollama /var/lib/pyinfra-ollama").split() == [
            "root:755",
            "root:700",
        ]
        assert fleet.sh(host, "find /tmp /home -newer /etc/hostname -name '*askpass*'") == ""


@pytest.mark.parametrize("mode", ["--dry", "-y"])
def test_sudo_asks_and_nobody_answers(fleet: Fleet, by_users: Path, mode: str) -> None:
    """That host is left alone with a clear message, the other one gets its change."""
    nobody = {"ssh_user": "asker", "_sudo_password": None}
    declared = {"keep_alive": f"{len(mode)}m"}
    inventory = fleet.inventory(*HOSTS, user="deployer", each={"host2": nobody}, ollama=declared)
    before = eyes.look(fleet, "host2")
    ran = fleet.pyinfra(inventory, mode, timeout=60)
    assert ran.code == (0 if mode == "--dry" else 1), ran.text
    assert "Traceback" not in ran.text
    assert "sudo asks for a password; set _sudo_password in the host's data" in ran.text
    assert differing(before, eyes.look(fleet, "host2")) == set()
    changed = fleet.environ("host1").get("OLLAMA_KEEP_ALIVE")
    assert changed == (None if mode == "--dry" else declared["keep_alive"])


def test_a_wrong_password_and_no_sudo_at_all(fleet: Fleet, by_users: Path) -> None:
    """Both fail before any change, without a traceback."""
    each = {
        "host1": {"_sudo": False},
        "host2": {"ssh_user": "asker", "_sudo_password": "not the password"},
    }
    before = eyes.look_at_all(fleet, HOSTS)
    inventory = fleet.inventory(*HOSTS, user="deployer", each=each)
    ran = fleet.pyinfra(inventory, "-y", timeout=60)
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    assert "root: uid 1000; connect as root or set _sudo" in " ".join(ran.text.split())
    assert "incorrect password" in ran.text
    for host, after in eyes.look_at_all(fleet, HOSTS).items():
        assert differing(before[host], after) == set()
