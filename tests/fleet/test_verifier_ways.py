"""Ways to a host: users, sudo, SSH servers that forbid forwarding, hosts that fall silent."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.fleet.damages import ANSWERS
from tests.fleet.harness import BIN, ROOT, Fleet

HOST = "host1"
SSHD = "/etc/ssh/sshd_config.d/00-forwarding.conf"


@pytest.fixture(scope="module")
def chat(fleet: Fleet) -> Fleet:
    """One host that is what it declares."""
    fleet.reset(HOST)
    fleet.apply(fleet.inventory(HOST, ollama={"models": [fleet.chat()]}))
    return fleet


def inventory(fleet: Fleet, user: str = "root", **declared: object) -> Path:
    declared = {"ollama": {"models": [fleet.chat()]}, **declared}
    return fleet.inventory(HOST, user=user, **declared)  # type: ignore[arg-type]


def forbid_forwarding(fleet: Fleet) -> None:
    fleet.sh(HOST, f"echo 'AllowTcpForwarding no' > {SSHD} && systemctl reload ssh && sleep 1")


def allow_forwarding(fleet: Fleet) -> None:
    fleet.sh(HOST, f"rm -f {SSHD} && systemctl reload ssh && sleep 1")


@pytest.mark.parametrize("user", ["root", "deployer", "asker"])
def test_as_each_user_and_no_password_is_shown(chat: Fleet, user: str) -> None:
    ran = chat.verify(inventory(chat, user), "--no-generate", "-vv", "--format", "json")
    assert ran.code == 0, ran.text
    assert chat.lab.sudo_password not in ran.text
    assert chat.sh(HOST, "ls /tmp | grep -c askpass || true") == "0"


def test_without_sudo_nothing_is_guessed(chat: Fleet) -> None:
    path = inventory(chat, "deployer")
    path.write_text(path.read_text().replace("'_sudo': True", "'_sudo': False"))
    ran = chat.verify(path, "--no-generate")
    assert ran.code == 3
    assert "not as root; set _sudo=True in the host's data, or give --sudo" in ran.out


def test_an_ssh_server_that_forbids_forwarding(chat: Fleet) -> None:
    forbid_forwarding(chat)
    try:
        ran = chat.verify(inventory(chat))
        assert ran.code == 0, ran.text
        assert "answer:" in ran.out
        stopped = "systemctl stop ollama"
        chat.sh(HOST, stopped)
        ran = chat.verify(inventory(chat), "--no-generate")
        assert (ran.code, ran.out.count("  fail  ")) == (1, 1)
        # Nothing of the way through bash stays behind.
        assert chat.sh(HOST, "ps -eo args | grep -c '[d]ev/tcp' || true") == "0"
    finally:
        allow_forwarding(chat)
        chat.sh(HOST, "systemctl start ollama")


def test_a_crash_that_is_past_is_warned_of(chat: Fleet) -> None:
    kill = "systemctl kill --kill-whom=main -s KILL ollama; sleep 4"
    chat.sh(HOST, f"systemctl restart ollama && {ANSWERS} && {kill}; {ANSWERS}; sleep 2")
    ran = chat.verify(inventory(chat, verify={"restart_window": "1s"}), "--no-generate")
    assert ran.code == 0, ran.text
    assert "restarted 1 times by itself, last " in ran.out
    assert chat.verify(inventory(chat), "--no-generate").code == 1
    chat.sh(HOST, f"systemctl restart ollama && {ANSWERS}")


def test_the_deadline_leaves_the_rest_unknown(chat: Fleet) -> None:
    verify = {"prompt": "Write a long story.", "max_tokens": 4000, "parallel_loads": 1}
    ran = chat.verify(inventory(chat, verify=verify), "--timeout", "2.5")
    assert ran.code == 3, ran.text
    assert "unknown  generate" in ran.out
    assert ran.out.count("the deadline passed") == 5


def test_interrupted_it_ends_at_once_and_cleanly(chat: Fleet) -> None:
    verify = {"prompt": "Write a long story.", "max_tokens": 4000, "parallel_loads": 1}
    declared = inventory(chat, verify=verify)
    command = [str(BIN / "pyinfra-ollama"), "verify", str(declared)]
    pipe = subprocess.PIPE
    # Tests that run in the background of a shell inherit a SIGINT that is ignored.
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    with (
        chat.turn(declared),
        subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as running,
    ):
        signal.signal(signal.SIGINT, kept)
        try:
            time.sleep(3)
            running.send_signal(signal.SIGINT)
            _, err = running.communicate(timeout=20)
        finally:
            running.kill()
    assert running.returncode == 130
    assert err.strip() == "interrupted; nothing on the hosts was changed"
