"""Rules that lock out: whoever made them and whatever became of them, the host opens again."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from lab import api
from tests.fleet.filtering import FOLDER, HOST, kernel, on_disk, on_trial, reaches, rules
from tests.fleet.harness import BIN, ROOT, Fleet, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unfiltered", "open_host")]

STEP = "Have the firewall"
MINE = "pyinfra-ollama: "


def declared(fleet: Fleet) -> Path:
    """One host with one port open besides SSH."""
    return fleet.inventory(HOST, firewall={"allow": [{"port": 443}]})


def test_rules_that_lock_out_are_undone_at_once(fleet: Fleet) -> None:
    """A person's own rule keeps this machine out; no new connection comes, the old one undoes."""
    address = fleet.lab.host(HOST).address
    fleet.sh(HOST, f"ufw deny from {fleet.lab.gateway}")
    before = on_disk(fleet, HOST)
    ran = fleet.apply(declared(fleet), check=False)
    assert ran.code == 1
    assert "Traceback" not in ran.text
    assert "no new SSH connection comes through the new rules" in ran.text
    assert "the old rules are back" in ran.text
    assert reaches(address)
    assert fleet.sh(HOST, "ufw status") == "Status: inactive"
    assert on_disk(fleet, HOST) == before
    assert fleet.sh(HOST, "iptables -S INPUT | head -1") == "-P INPUT ACCEPT"


def test_rules_that_lock_out_are_undone_without_whoever_made_them(fleet: Fleet) -> None:
    """The run is killed while nobody can connect any more: the time it gave over, everybody can."""
    address = fleet.lab.host(HOST).address
    fleet.sh(HOST, f"ufw deny from {fleet.lab.gateway}")
    before = on_disk(fleet, HOST)
    inventory = declared(fleet)
    # A minute would be long here; nothing else of the run is another.
    shorter = "from pyinfra_ollama.operations import firewall as _run\n_run.TRIAL_SECONDS = 12\n"
    inventory.write_text(shorter + inventory.read_text())
    command = [str(BIN / "pyinfra"), str(inventory), "deploy.py", "-y"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as run:
        try:
            wait_until("nobody gets in", lambda: not reaches(address), seconds=60)
        finally:
            run.send_signal(signal.SIGKILL)
    assert not reaches(address), "really locked out"
    wait_until("the host is open again", lambda: reaches(address), seconds=75)
    assert fleet.sh(HOST, "ufw status") == "Status: inactive"
    assert on_disk(fleet, HOST) == before
    assert fleet.ssh(HOST, f"test -e {FOLDER}").returncode


@pytest.mark.parametrize(
    "rule", ["allow|tcp|22|192.0.2.0/24|pyinfra-ollama: ssh", "allow|tcp|2222|0.0.0.0/0|ssh"]
)
def test_the_hosts_own_timer_opens_it_again(fleet: Fleet, rule: str) -> None:
    """Networks that do not hold this machine; SSH on another port: both only for seconds."""
    address = fleet.lab.host(HOST).address
    before = on_disk(fleet, HOST)
    on_trial(fleet, HOST, 5, rule)
    assert not reaches(address)
    wait_until("the host is open again", lambda: reaches(address), seconds=20)
    assert on_disk(fleet, HOST) == before


def test_of_an_active_firewall_the_old_rules_come_back(fleet: Fleet) -> None:
    fleet.apply(declared(fleet))
    before = kernel(fleet, HOST), on_disk(fleet, HOST)
    on_trial(fleet, HOST, 5, "delete|tcp|22|0.0.0.0/0|", "allow|tcp|80|0.0.0.0/0|x")
    assert not reaches(fleet.lab.host(HOST).address)
    wait_until("SSH is open again", lambda: reaches(fleet.lab.host(HOST).address), seconds=20)
    wait_until("it is over", lambda: fleet.ssh(HOST, f"test -e {FOLDER}").returncode)
    assert (kernel(fleet, HOST), on_disk(fleet, HOST)) == before


def test_a_boot_undoes_what_nobody_confirmed(fleet: Fleet) -> None:
    on_trial(fleet, HOST, 600, "allow|tcp|22|192.0.2.0/24|x")
    assert not reaches(fleet.lab.host(HOST).address)
    api.stop(fleet.lab.name, HOST)
    api.start(fleet.lab.name, HOST)
    assert reaches(fleet.lab.host(HOST).address)
    assert fleet.sh(HOST, "ufw status") == "Status: inactive"


def test_a_killed_run_is_finished_by_the_next(fleet: Fleet) -> None:
    """While its rules are still on trial: they are undone first, then made and confirmed."""
    inventory = declared(fleet)
    on_trial(
        fleet, HOST, 600, "allow|tcp|22|0.0.0.0/0|pyinfra-ollama: ssh", "allow|tcp|9999|0.0.0.0/0|x"
    )
    ran = fleet.apply(inventory)
    assert STEP in ran.changed()[HOST]
    assert "an earlier change was not confirmed" in ran.text
    assert rules(fleet, HOST) == [
        f"ufw allow 22/tcp comment '{MINE}ssh'",
        f"ufw allow 443/tcp comment '{MINE}443/tcp'",
    ]
    assert fleet.ssh(HOST, f"test -e {FOLDER}").returncode
    assert fleet.apply(inventory).changed() == {}
