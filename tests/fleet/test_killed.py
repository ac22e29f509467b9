"""A first run killed at two moments that chance seldom meets; `test_torture` has the others."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import BIN, ROOT, VERSION, Fleet, wait_until

pytestmark = pytest.mark.slow

# Stands where the real one is found first, and stops at the moment before the unit is loaded.
STALLING = """\
#!/bin/sh
[ "$1" != daemon-reload ] || [ ! -e /etc/systemd/system/ollama.service ] || {
  touch /run/stalled; sleep 600; }
exec /usr/bin/systemctl "$@"
"""


def declared(fleet: Fleet, *hosts: str) -> Path:
    """The chat model."""
    return fleet.inventory(*hosts, ollama={"models": [fleet.chat()]})


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
def slow_registry(fleet: Fleet) -> Iterator[None]:
    """Models come at a megabyte per second and connection."""
    conf, reload = "/etc/nginx/nginx.conf", "systemctl reload nginx"
    change = f"sed -i 's/listen 5000;/listen 5000; limit_rate 1m;/' {conf} && {reload}"
    fleet.sh("infra", change)
    try:
        yield
    finally:
        fleet.sh("infra", f"sed -i 's/ limit_rate 1m;//' {conf} && {reload}")


@pytest.fixture(scope="module")
def killed(fleet: Fleet) -> None:
    """Bare hosts on which a first run was killed: at the unit (host2) and at the model (host3)."""
    fleet.reset("host2", "host3")
    stand_in = "/usr/local/bin/systemctl"
    fleet.sh("host2", f"cat >{stand_in} && chmod 755 {stand_in}", stdin=STALLING)
    stalled = "test -e /run/stalled"
    partial = "ls /usr/share/ollama/.ollama/models/blobs/*-partial*"
    with (
        slow_registry(fleet),
        running(declared(fleet, "host2")) as at_unit,
        running(declared(fleet, "host3")) as at_model,
    ):
        wait_until("the unit is there", lambda: fleet.ssh("host2", stalled).returncode == 0)
        at_unit.kill()
        wait_until("the model comes", lambda: fleet.ssh("host3", partial).returncode == 0)
        at_model.kill()
    assert fleet.pid("host2") == "0"
    fleet.sh("host2", f"rm {stand_in} /run/stalled; pkill -x sleep")
    assert fleet.listed("host3") == set()


@pytest.mark.usefixtures("killed")
def test_a_killed_run_is_finished_by_the_next(fleet: Fleet) -> None:
    """It does what it foretold, the one after it nothing; both hosts come out alike."""
    hosts = ("host2", "host3")
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
    ours = ("file /opt", "file /etc/systemd", "file /usr/share/ollama", "content ")
    differ = differing(eyes.look(fleet, "host2"), eyes.look(fleet, "host3"))
    assert [key for key in differ if key.startswith(ours)] == []
