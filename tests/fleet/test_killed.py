"""A first run that ends in the middle, wherever that is: the next one converges."""

from __future__ import annotations

import hashlib
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import api
from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import BIN, HOSTS, ROOT, VERSION, Fleet, wait_until
from tests.fleet.mirror import Page, faulty_mirror

pytestmark = pytest.mark.slow

NAME = "ollama-linux-amd64.tar.zst"
# Stands where the real one is found first, and stops at the moment before the unit is loaded.
STALLING = """\
#!/bin/sh
[ "$1" != daemon-reload ] || [ ! -e /etc/systemd/system/ollama.service ] || {
  touch /run/stalled; sleep 600; }
exec /usr/bin/systemctl "$@"
"""


def declared(fleet: Fleet, *hosts: str, mirror: str | None = None) -> Path:
    """The chat model, and a mirror of the test's own for a host that is to stall there."""
    release = {"url": f"{mirror}/{{version}}/{{archive}}"} if mirror else {}
    return fleet.inventory(*hosts, ollama={"models": [fleet.chat()]}, release=release)


@contextmanager
def running(inventory: Path) -> Iterator[subprocess.Popen[str]]:
    """A deployment beside the test; it does not outlive the block."""
    run = subprocess.Popen(
        [str(BIN / "pyinfra"), str(inventory), "deploy.py", "-y"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with run:
        try:
            yield run
        finally:
            run.kill()


@contextmanager
def stalled_download(fleet: Fleet) -> Iterator[subprocess.Popen[str]]:
    """A first run of host1 whose mirror has sent half an archive and sends no more."""
    body = b"x" * (1 << 20)
    sums = f"{hashlib.sha256(body).hexdigest()}  {NAME}\n".encode()
    with faulty_mirror(fleet.lab.gateway) as mirror:
        mirror.pages[f"/{VERSION}/{NAME}"] = Page(body, sent=1 << 19, stalls=True)
        mirror.pages[f"/{VERSION}/sha256sum.txt"] = Page(sums)
        with running(declared(fleet, "host1", mirror=mirror.url)) as run:
            wait_until("the download stalls", lambda: f"GET /{VERSION}/{NAME}" in mirror.asked)
            yield run


@contextmanager
def slow_registry(fleet: Fleet) -> Iterator[None]:
    """Models come at a megabyte per second and connection."""
    conf, reload = "/etc/nginx/nginx.conf", "systemctl reload nginx"
    change = f"sed -i 's/listen 5000;/listen 5000; limit_rate 1m;/' {conf} && {reload}"
    fleet.sh("infra", change)
    try:
        yield
    finally:
        fleet.sh("infra", f"sed -i 's/ limit_rate 1m;//' {conf} && {reload}")


def kill(run: subprocess.Popen[str]) -> None:
    """As when somebody's machine goes to sleep for good."""
    run.send_signal(signal.SIGKILL)
    run.wait()


def answers(address: str) -> bool:
    """Whether the host can be reached at all."""
    try:
        socket.create_connection((address, 22), timeout=1).close()
    except OSError:
        return False
    return True


def cut_power(fleet: Fleet, host: str) -> None:
    """Without a last word: killed processes would still close their connections."""
    fleet.sh(host, "(sleep 0.2; ip link set host0 down) </dev/null >/dev/null 2>&1 &")
    wait_until("the network is gone", lambda: not answers(fleet.lab.host(host).address))
    api.stop(fleet.lab.name, host)


@pytest.fixture(scope="module")
def cut(fleet: Fleet) -> Iterator[subprocess.Popen[str]]:
    """Bare hosts on which a first run ended: killed at the unit (host2) and at the model (host3).

    And by a power cut at the download (host1), which stays dark: its run is given.
    """
    fleet.reset(*HOSTS)
    stand_in = "/usr/local/bin/systemctl"
    fleet.sh("host2", f"cat >{stand_in} && chmod 755 {stand_in}", stdin=STALLING)
    stalled = "test -e /run/stalled"
    partial = "ls /usr/share/ollama/.ollama/models/blobs/*-partial*"
    with stalled_download(fleet) as at_download:
        cut_power(fleet, "host1")
        with (
            slow_registry(fleet),
            running(declared(fleet, "host2")) as at_unit,
            running(declared(fleet, "host3")) as at_model,
        ):
            wait_until("the unit is there", lambda: fleet.ssh("host2", stalled).returncode == 0)
            kill(at_unit)
            wait_until("the model comes", lambda: fleet.ssh("host3", partial).returncode == 0)
            kill(at_model)
        assert fleet.pid("host2") == "0"
        fleet.sh("host2", f"rm {stand_in} /run/stalled; pkill -x sleep")
        assert fleet.listed("host3") == set()
        try:
            yield at_download
        finally:
            api.start(fleet.lab.name, "host1")


def converges(fleet: Fleet, *hosts: str) -> None:
    """The next run does what it foretold, the one after nothing; no scratch is left."""
    inventory = declared(fleet, *hosts)
    planned = fleet.plan(inventory).planned
    assert set(planned) == set(hosts)
    assert fleet.apply(inventory).changed() == planned
    assert fleet.apply(inventory).changed() == {}
    for host in hosts:
        assert fleet.version(host) == VERSION
        assert fleet.listed(host) == {fleet.chat()["name"]}
        assert fleet.sh(host, "ls -A /opt/ollama/releases").split() == [".lock", VERSION]
        scratch = "/run/pyinfra-ollama-* /run/pyinfra-ollama/stage-* /tmp/pyinfra*"
        assert fleet.sh(host, f"ls -d {scratch} 2>/dev/null || true") == ""


@pytest.mark.usefixtures("cut")
def test_a_killed_run_is_finished_by_the_next(fleet: Fleet) -> None:
    """At whatever point it ended, and with the same outcome."""
    converges(fleet, "host2", "host3")
    ours = ("file /opt", "file /etc/systemd", "file /usr/share/ollama", "content ")
    differ = differing(eyes.look(fleet, "host2"), eyes.look(fleet, "host3"))
    assert [key for key in differ if key.startswith(ours)] == []


def test_after_a_power_cut(fleet: Fleet, cut: subprocess.Popen[str]) -> None:
    """The run does not wait for ever; the host that came back is finished by the next one."""
    said, _ = cut.communicate(timeout=90)
    assert cut.returncode == 1, said
    assert "Traceback" not in said
    api.start(fleet.lab.name, "host1")
    converges(fleet, "host1")
