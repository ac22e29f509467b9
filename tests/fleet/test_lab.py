"""The lab itself: killed, stale, crowded and removed; looked at with ip, iptables and /proc."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import api, state
from lab.errors import LabError
from lab.model import LabState
from lab.processes import machine_processes
from tests.fleet.harness import ROOT, VERSION, Fleet

NAME = f"l{os.getpid()}"


@pytest.fixture
def name() -> Iterator[str]:
    """The name of a lab of the test's own, removed after it."""
    yield NAME
    api.down(NAME)


def command(*words: str) -> subprocess.Popen[bytes]:
    """`python -m lab ...`, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "lab", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def said(*words: str) -> str:
    """What a tool of this machine says."""
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def remains(lab: str) -> list[str]:
    """Whatever there is of a lab on this machine."""
    folder = state.folder(lab)
    found = [str(folder)] if folder.exists() else []
    found += [str(process) for process in machine_processes(folder)]
    found += [line for line in said("ip", "-br", "link").splitlines() if f"-{lab}" in line]
    found += [line for line in said("iptables-save").splitlines() if f"ol-{lab}" in line]
    found += [line for line in Path("/proc/mounts").read_text().splitlines() if str(folder) in line]
    for groups in ("pyinfra-ollama-lab", "*/pyinfra-ollama-lab"):
        found += [str(group) for group in Path("/sys/fs/cgroup").glob(f"{groups}/{lab}-*")]
    return found


def power_cut(lab: LabState) -> None:
    """End every process of a lab without any tidying."""
    for process in machine_processes(lab.folder):
        os.kill(process.pid, signal.SIGKILL)
    while machine_processes(lab.folder):
        time.sleep(0.05)


@pytest.mark.parametrize("seconds", [0.3, 1.2])
def test_a_killed_up_is_finished_by_the_next(name: str, seconds: float) -> None:
    killed = command("up", "--hosts", "2", "--plain-root", "1", "--name", name)
    time.sleep(seconds)
    killed.kill()
    killed.wait()
    lab = api.up(2, name=name)
    assert [api.run(name, host.name, "hostname").stdout for host in lab.hosts] == [
        "host1\n",
        "host2\n",
    ]


@pytest.mark.parametrize("seconds", [0.3, 1.2])
def test_a_killed_up_is_removed_by_down(seconds: float) -> None:
    killed = command("up", "--hosts", "2", "--plain-root", "1", "--name", NAME)
    time.sleep(seconds)
    killed.kill()
    killed.wait()
    api.down(NAME)
    assert remains(NAME) == []


def test_a_stale_lab_is_made_again_by_up_and_removed_by_down(name: str) -> None:
    lab = api.up(1, name=name)
    api.run(name, "host1", "touch /old")
    power_cut(lab)
    with pytest.raises(LabError, match="is not running any more"):
        state.read_alive(name)
    lab = api.up(1, name=name)
    assert api.run(name, "host1", "ls /old").returncode == 2
    power_cut(lab)
    api.down(name)
    assert remains(name) == []


def test_down_takes_the_swap_of_a_host_with_it(name: str) -> None:
    lab = api.up(1, name=name, plain_root=1)
    path = f"/swap-{name}"
    script = f"fallocate -l 16M {path}; chmod 600 {path}; mkswap -q {path}; swapon {path}"
    assert api.run(name, lab.hosts[0].name, script).returncode == 0
    assert path in Path("/proc/swaps").read_text()
    api.down(name)
    assert path not in Path("/proc/swaps").read_text()
    assert remains(name) == []


def test_a_running_lab_grows_and_refuses_to_be_another(name: str, fleet: Fleet) -> None:
    lab = api.up(1, name=name)
    api.run(name, "host1", "touch /kept")
    assert len(api.up(2, name=name).hosts) == 2
    assert api.run(name, "host1", "ls /kept").returncode == 0
    with pytest.raises(LabError, match=f"lab '{name}' is up with suite bookworm, not trixie"):
        api.up(1, name=name, suite="trixie")
    with pytest.raises(LabError, match=f"is up with subnet {lab.subnet}, not 10.9.0.0/24"):
        api.up(1, name=name, subnet="10.9.0.0/24")
    with pytest.raises(LabError, match=r"is in use: .* belongs to"):
        api.up(1, name=f"{name}b", subnet=fleet.lab.subnet)
    assert remains(f"{name}b") == []


def test_a_reset_host_is_bare_and_known(fleet: Fleet) -> None:
    api.run(fleet.lab.name, "host2", "touch /old")
    known = fleet.lab.known_hosts.read_text()
    api.reset(fleet.lab.name, ["host2"])
    result = api.run(fleet.lab.name, "host2", "ls /old; command -v curl zstd; systemctl --failed")
    assert result.stdout.startswith("  UNIT"), result.stdout
    assert fleet.lab.known_hosts.read_text() == known


def test_a_power_cut_keeps_the_disk(fleet: Fleet) -> None:
    api.run(fleet.lab.name, "host2", "echo written > /kept; sync")
    api.stop(fleet.lab.name, "host2")
    assert api.run(fleet.lab.name, "host2", "true").returncode == 255
    api.start(fleet.lab.name, "host2")
    assert api.run(fleet.lab.name, "host2", "cat /kept").stdout == "written\n"


@pytest.mark.parametrize("user", ["deployer", "asker"])
def test_sudo_asks_whom_it_should(fleet: Fleet, user: str) -> None:
    plain = api.run(fleet.lab.name, "host2", "sudo -n id -u", user=user)
    assert plain.stdout == {"deployer": "0\n", "asker": ""}[user]
    password = f"{fleet.lab.sudo_password}\n"
    asked = api.run(fleet.lab.name, "host2", "sudo -S id -u", user=user, stdin=password)
    assert asked.stdout == "0\n"


def test_the_mirror_serves_what_it_hashes_and_a_tests_files_first(fleet: Fleet) -> None:
    url = fleet.lab.mirror_url

    def get(path: str) -> bytes:
        with urllib.request.urlopen(f"{url}/{path}") as answer:
            body: bytes = answer.read()
            return body

    digest, file = get(f"{VERSION}/sha256sum.txt").decode().split()
    assert hashlib.sha256(get(f"{VERSION}/{file.removeprefix('./')}")).hexdigest() == digest
    extra = fleet.lab.mirror_extra / VERSION / "sha256sum.txt"
    extra.parent.mkdir(parents=True)
    extra.write_text("wrong\n")
    assert get(f"{VERSION}/sha256sum.txt") == b"wrong\n"
    extra.unlink()
    extra.parent.rmdir()
    assert get(f"{VERSION}/sha256sum.txt").decode().startswith(digest)


def test_a_host_fetches_its_packages(fleet: Fleet) -> None:
    script = "apt-get update -q && apt-get install -yq --no-install-recommends lsof && lsof -v"
    result = api.run(fleet.lab.name, "host2", script)
    assert result.returncode == 0, result.stderr
