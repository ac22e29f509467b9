"""One run at a time changes a host: who is second is told, and nobody is locked out for long."""

from __future__ import annotations

import getpass
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.harness import BIN, ROOT, Fleet, wait_until
from tests.fleet.working import (
    HOLD,
    HOST,
    LOCK_SCRIPT,
    PACKAGE,
    RECORD,
    WAIT,
    asked,
    at_work,
    given_back,
    go_on,
    installed,
)

DROP_IN = "/etc/systemd/system/ollama.service.d/50-pyinfra-ollama.conf"


@pytest.fixture(scope="module")
def converged(fleet: Fleet) -> Path:
    """An inventory of a host that is what it declares."""
    fleet.reset(HOST)
    inventory = fleet.inventory(HOST)
    fleet.apply(inventory)
    fleet.sh(HOST, "cat >/etc/apt/apt.conf.d/99hold", stdin=WAIT)
    return inventory


@pytest.fixture
def host(fleet: Fleet, converged: Path) -> Iterator[Fleet]:
    """The host without the package, and nobody at work on it."""
    fleet.sh(HOST, f"rm -f {HOLD} {RECORD}; dpkg -P {PACKAGE} >/dev/null 2>&1")
    yield fleet
    fleet.sh(HOST, f"rm -f {HOLD}")


def another(fleet: Fleet) -> Path:
    """An inventory that wants something else of the host."""
    return fleet.inventory(HOST, ollama={"keep_alive": "7m"})


@pytest.mark.parametrize("user", ["root", "asker"])
def test_the_second_run_says_who_is_at_work_and_changes_nothing(
    host: Fleet, tmp_path: Path, user: str
) -> None:
    with at_work(host, tmp_path, user) as first:
        before = host.sh(HOST, f"sha256sum {DROP_IN}")
        second = host.apply(another(host), check=False)
        assert second.code == 1
        who = f"{getpass.getuser()}@{socket.gethostname()} (process {first.process.pid})"
        since = host.sh(HOST, f"date -u -d @$(sed -n s/since=//p {RECORD}) '+%F %T UTC'")
        assert f"another run is changing this host: {who}, since {since}, " in second.text
        assert "nothing was changed here" in second.text
        assert "Traceback" not in second.text
        assert host.sh(HOST, f"sha256sum {DROP_IN}") == before
        assert not given_back(host)
        go_on(host)
        assert first.ended().code == 0
    assert installed(host)
    assert given_back(host)


def test_who_changes_nothing_is_not_kept_waiting(
    host: Fleet, converged: Path, tmp_path: Path
) -> None:
    with at_work(host, tmp_path) as first:
        assert host.plan(another(host)).planned
        assert host.foretell(another(host)).code == 2
        assert host.verify(converged).code == 0
        assert host.apply(converged).changed() == {}
        go_on(host)
        assert first.ended().code == 0
    assert "took over" not in host.apply(another(host)).text
    host.apply(converged)


def test_a_killed_runs_command_is_waited_for_and_its_lock_taken_over(
    host: Fleet, tmp_path: Path
) -> None:
    with at_work(host, tmp_path) as first:
        first.process.kill()
        first.process.wait()
        assert not given_back(host)
    inventory = host.inventory(HOST, packages={"tools": [PACKAGE]})
    said = tmp_path / "second"
    with said.open("w") as output:
        command = [str(BIN / "pyinfra"), str(inventory), "deploy.py", "-y"]
        second = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, text=True)
    wait_until("the second run waits", lambda: "waiting at most" in said.read_text())
    assert not installed(host)
    go_on(host)
    assert second.wait(60) == 0, said.read_text()
    assert "left a command at work" in said.read_text()
    assert "took over the lock of a run that broke off" in said.read_text()
    assert installed(host)
    assert given_back(host)


def test_a_run_that_ends_with_its_machine_suspended_is_fenced_off(
    host: Fleet, tmp_path: Path
) -> None:
    with at_work(host, tmp_path) as first:
        first.process.send_signal(signal.SIGSTOP)
        try:
            wait_until("the silence is noticed", lambda: asked(host, seconds=1)["state"] != "held")
            left = asked(host, seconds=1)
            assert (left["state"], left["silent"]) == ("busy", "yes")
            assert host.ssh(HOST, f"test -e /proc/{left['holder']}").returncode != 0
            go_on(host)
            wait_until("its command ended", lambda: asked(host, seconds=1)["state"] == "taken")
        finally:
            first.process.send_signal(signal.SIGCONT)
        assert first.ended().code == 1
    assert asked(host, seconds=1)["run"] == "another", "the run that woke up went on"


def test_a_run_on_the_machine_itself_holds_the_lock_while_it_lives(host: Fleet) -> None:
    # What stands for pyinfra: a shell that asks for the lock and stays, outside of the connection.
    stays = 'sh -c "$script" pyinfra-ollama take local me "$$" 60 0 && read -r end </var/tmp/end'
    begins = f"script=$(cat); export script; mkfifo /var/tmp/end; setsid -f sh -c '{stays}'"
    host.sh(HOST, f"rm -f /var/tmp/end; {begins} >/dev/null 2>&1", stdin=LOCK_SCRIPT.read_text())
    wait_until("it has the lock", lambda: host.ssh(HOST, f"grep run=local {RECORD}").stdout)
    assert asked(host, seconds=60)["state"] == "held"
    host.sh(HOST, "echo >/var/tmp/end")
    wait_until("it is gone", lambda: asked(host, seconds=60)["state"] == "taken")


def test_ctrl_c_ends_the_step_and_gives_the_lock_back(host: Fleet, tmp_path: Path) -> None:
    with at_work(host, tmp_path) as first:
        first.process.send_signal(signal.SIGINT)
        wait_until("pyinfra leaves", lambda: "Disconnecting" in first.said.read_text())
        assert not given_back(host), "its command is still at work"
        go_on(host)
        first.ended()
    assert given_back(host)
    assert host.apply(another(host)).code == 0


def test_a_run_that_fails_gives_the_lock_back(host: Fleet) -> None:
    wrong = host.inventory(HOST, packages={"tools": ["no-such-package-4711"]})
    failed = host.apply(wrong, check=False)
    assert failed.code == 1
    assert given_back(host)
    assert "took over" not in host.apply(another(host)).text


def test_a_run_that_changes_nothing_takes_no_lock_and_asks_once(
    host: Fleet, converged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYINFRA_OLLAMA_GATHER", "on")  # also where the suite runs without
    host.apply(converged)
    host.sh(HOST, f"rm -f {RECORD}")
    ran = host.pyinfra(converged, "-y", "-vv")
    assert ran.code == 0
    assert host.ssh(HOST, f"test -e {RECORD}").returncode != 0
    assert ran.err.count(">>> ") == 1
