"""Secrets that never show: planted, then looked for in everything that people or machines see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import ROOT, Fleet
from tests.fleet.planting import FAULT, HOST, LOGIN, PROXY, Planted
from tests.fleet.watching import files_with, record, recorded, watched

pytestmark = pytest.mark.slow

ENV_FILE = "/etc/pyinfra-ollama/ollama.env"
DROP_IN = "/etc/systemd/system/ollama.service.d/50-pyinfra-ollama.conf"
FOREIGN = "/etc/systemd/system/ollama.service.d/90-foreign.conf"
DEBUG_LOG = ROOT / "pyinfra-debug.log"


@pytest.fixture(scope="module")
def planted(fleet: Fleet) -> Iterator[Planted]:
    """A bare host, and a shell there that writes down what it is given."""
    fleet.reset(HOST)
    record(fleet, HOST, "asker")
    yield Planted(fleet)
    DEBUG_LOG.unlink(missing_ok=True)


def test_no_mode_shows_a_secret_to_anybody(planted: Planted, tmp_path: Path) -> None:
    fault = tmp_path / "fault.py"
    fault.write_text(FAULT)
    with watched(planted.fleet, HOST, planted.words) as seen:
        good_runs(planted)
        failing_runs(planted, fault)
        by_password(planted)
        edited_by_hand(planted)
    assert seen.lines == []
    assert min(seen.looks) > 20, "the watchers hardly looked"
    commands, shown = recorded(planted.fleet, HOST, planted.words)
    assert commands > 50
    assert shown == ""
    on_this_machine(planted)
    on_the_host(planted)


def good_runs(planted: Planted) -> None:
    """Every mode, on a bare host and on one that changes."""
    first = planted.inventory()
    planted.plan(first, 2)
    planted.pyinfra(first, "INV deploy.py --dry --diff")
    planted.pyinfra(first, "-vvv --debug INV deploy.py -y --diff")
    for words in (
        "INV deploy.py --dry --json",
        "INV deploy.py -y --json",
        "--debug-all INV deploy.py --dry",
        "INV debug-inventory",
        "--json INV debug-inventory",
        "--debug INV fact pyinfra_ollama.facts.text.FileTexts paths=/etc/hostname",
        "INV exec -- id",
    ):
        planted.pyinfra(first, words)
    changed = planted.inventory(keep_alive="7m")
    planted.plan(changed, 2, "json")
    planted.pyinfra(changed, "--debug-facts --debug-operations INV deploy.py")
    planted.pyinfra(changed, "--json --debug-operations INV deploy.py")
    planted.pyinfra(changed, "--debug-all -vv INV deploy.py -y --diff")
    planted.plan(changed, 0, "text")
    planted.verify(changed, 0, "json")
    assert planted.run("pyinfra-ollama", changed, "check -vv INV").code == 0

    typed = planted.fleet.inventory(HOST, user="asker")
    for words in ("INV debug-inventory", "--debug --debug-operations INV deploy.py"):
        planted.pyinfra(typed, words)


def failing_runs(planted: Planted, fault: Path) -> None:
    """What goes wrong in settings, on the way, on the host and in the code."""
    fleet, first = planted.fleet, planted.inventory()
    missing = planted.pyinfra(first, "INV deploy.py -y", 1, CANARY_PROXY="")
    assert "seen an empty variable CANARY_PROXY in the environment" in missing.text
    for wrong in (f"http://user:{LOGIN} x@proxy", f"http://user:{LOGIN}%zz@proxy", LOGIN):
        ran = planted.run("pyinfra-ollama", first, "check INV", CANARY_PROXY=wrong)
        assert ran.code == 78
    planted.plan(first, 78, "text", CANARY_PROXY=f"http://user:{LOGIN} x@proxy")
    written = fleet.inventory(HOST, user="asker", ollama={"https_proxy": PROXY})
    planted.pyinfra(written, "INV deploy.py -y", 1)
    written.unlink()

    model = {"name": f"{fleet.lab.registry}/library/smollm2:135m", "pull_attempts": 1}
    pulled = planted.pyinfra(planted.inventory(models=[model]), "-vvv INV deploy.py -y", 1)
    assert "could not be had" in pulled.text
    asked = planted.inventory(skip_network=False, models=[model])
    planted.plan(asked, 1, "json")
    planted.pyinfra(asked, "-vvv INV deploy.py -y --json", 1)
    planted.pyinfra(first, f"--debug INV {fault} -y", 1)
    assert DEBUG_LOG.exists()

    fleet.sh(HOST, f"umask 077; cat >{FOREIGN}", stdin="[Service]\nExecStartPre=/bin/false\n")
    failed = planted.pyinfra(planted.inventory(keep_alive="9m"), "-vvv --debug INV deploy.py -y", 1)
    assert "journal" in failed.text
    other = f"[Service]\nEnvironment=HTTPS_PROXY=http://other:{LOGIN}@127.0.0.1:9\n"
    fleet.sh(HOST, f"cat >{FOREIGN}", stdin=other)
    fleet.sh(HOST, "systemctl daemon-reload; systemctl restart ollama")
    planted.verify(first, 1)
    planted.plan(first, 1, "markdown")
    fleet.sh(HOST, f"rm {FOREIGN}; systemctl daemon-reload")
    wrong = f"{LOGIN}-wrong"
    planted.pyinfra(first, "-vvv INV exec -- id", 1, CANARY_SUDO=wrong)
    planted.plan(first, 3, "text", CANARY_SUDO=wrong)
    closed = planted.pyinfra(first, "-vvv --debug INV exec -- id", 1, CANARY_PASSPHRASE=wrong)
    assert "ssh_key_password is not its passphrase" in closed.text
    planted.plan(first, 3, "json", CANARY_PASSPHRASE=wrong)


def by_password(planted: Planted) -> None:
    """A host that is opened by the password of its user."""
    fleet, opened = planted.fleet, "/etc/ssh/sshd_config.d/00-canary.conf"
    fleet.sh(HOST, f"echo 'PasswordAuthentication yes' >{opened}; systemctl reload ssh")
    password = {"_sudo": False, "ssh_key": "", "ssh_password": Secret.env("CANARY_SUDO")}
    nothing_else = {"ssh_allow_agent": False, "ssh_look_for_keys": False}
    inventory = fleet.inventory(HOST, user="asker", each={HOST: password | nothing_else})
    ran = planted.pyinfra(inventory, "-vvv --debug INV exec -- id -un")
    assert "asker" in ran.text
    wrong = f"{LOGIN}-wrong"
    planted.pyinfra(inventory, "-vvv --debug INV exec -- id -un", 1, CANARY_SUDO=wrong)
    fleet.sh(HOST, f"rm {opened}; systemctl reload ssh")


def edited_by_hand(planted: Planted) -> None:
    """A password that a person wrote into a file of the deployment; -vvv shows that file."""
    inventory = planted.inventory()
    planted.pyinfra(inventory, "INV deploy.py -y")
    line = f'Environment="HTTPS_PROXY=http://ann:{LOGIN}@10.0.0.1"\n'
    planted.fleet.sh(HOST, f"cat >>{DROP_IN}", stdin=line)
    planted.plan(inventory, 2)
    planted.pyinfra(inventory, "--debug-all -vv INV deploy.py --dry --diff")
    planted.pyinfra(inventory, "-vv INV deploy.py -y --diff")


def on_this_machine(planted: Planted) -> None:
    """What is left here, but for the tests' inventories and the lab's own folder."""
    assert DEBUG_LOG.read_text()
    found = files_with(planted.words, "/tmp", "/var/tmp", "/dev/shm", DEBUG_LOG)
    inventories, labs = planted.fleet.folder.parent.parent, planted.fleet.lab.folder.parent
    others = [file for file in map(Path, found) if not file.is_relative_to(inventories)]
    assert [file for file in others if not file.is_relative_to(labs)] == []


def on_the_host(planted: Planted) -> None:
    """What is left there, seen by root."""
    fleet, words = planted.fleet, "\n".join(planted.words)
    looked = "/etc /opt /root /home /run /srv /tmp /var /usr/local /usr/share/ollama"
    found = fleet.ssh(HOST, f"grep -rlsaFf - {looked}", stdin=words).stdout.split()
    assert found == [ENV_FILE]
    assert fleet.sh(HOST, f"stat -c '%U %a' {ENV_FILE}") == "root 600"
    journal = "exec 3<&0; journalctl --no-pager -o export </dev/null"
    assert int(fleet.sh(HOST, f"{journal} | wc -l")) > 100
    assert fleet.ssh(HOST, f"{journal} | grep -aFf /dev/fd/3", stdin=words).stdout == ""
    assert fleet.environ(HOST)["HTTPS_PROXY"] == PROXY, "it must still be there for the server"


def test_a_proxy_that_is_no_longer_declared_leaves_nothing(planted: Planted) -> None:
    fleet = planted.fleet
    planted.pyinfra(planted.inventory(), "INV deploy.py -y")
    assert fleet.environ(HOST)["HTTPS_PROXY"] == PROXY
    fleet.apply(fleet.inventory(HOST, user="asker"))
    assert "HTTPS_PROXY" not in fleet.environ(HOST)
    assert fleet.ssh(HOST, f"test -e {ENV_FILE}").returncode != 0
