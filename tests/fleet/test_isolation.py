"""One host's trouble stays on that host: the others converge, and the run says who failed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab import api
from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import HOSTS, VERSION, Fleet

WRONG = "0" * 64


@pytest.fixture(scope="module", autouse=True)
def bare(fleet: Fleet) -> None:
    """Nothing is there before the first run."""
    fleet.reset(*HOSTS)


def test_unfit_and_failing_hosts_beside_a_good_one(fleet: Fleet) -> None:
    """host1 converges, host2 is refused before any change, host3 fails at its download."""
    faults = {
        "host2": {"preflight": {"min_memory": "100T"}},
        "host3": {"release": {"sha256": {"ollama-linux-amd64.tar.zst": WRONG}}},
    }
    unfit = eyes.look(fleet, "host2")
    ran = fleet.apply(fleet.inventory(*HOSTS, each=faults), check=False)
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    stopped_at = {host: names[0] for host, names in ran.changed("error").items()}
    assert stopped_at == {
        "host2": "Be fit for what is declared",
        "host3": "Have the release installed",
    }

    assert fleet.version("host1") == VERSION
    assert differing(unfit, eyes.look(fleet, "host2")) == set()
    assert re.search(r"\[host2\] .*\n.*memory: .* of memory, 100 TiB needed", ran.err), ran.err
    assert WRONG in ran.err
    assert fleet.sh("host3", "ls -A /opt/ollama/releases | grep -v '^.lock$' || true") == ""
    assert fleet.ssh("host3", "systemctl cat ollama").returncode != 0

    # With the faults gone, the same command brings them along and leaves the good one alone.
    pid = fleet.pid("host1")
    assert set(fleet.apply(fleet.inventory(*HOSTS)).changed()) == {"host2", "host3"}
    assert fleet.pid("host1") == pid
    assert {fleet.version(host) for host in HOSTS} == {VERSION}


def test_unreachable_hosts_beside_a_good_one(fleet: Fleet, tmp_path: Path) -> None:
    """host2 is down, host3 shows another host key than the known one; host1 gets its change."""
    keys = dict(line.split(" ", 1) for line in fleet.lab.known_hosts.read_text().splitlines())
    wrong = tmp_path / "known_hosts"
    wrong.write_text(f"{fleet.lab.host('host3').address} {keys[fleet.lab.infra.address]}\n")
    each = {
        "host2": {"ssh_paramiko_connect_kwargs": {"timeout": 2}},
        "host3": {"ssh_known_hosts_file": str(wrong)},
    }
    inventory = fleet.inventory(*HOSTS, each=each, ollama={"keep_alive": "7m"})
    before = eyes.look(fleet, "host3")
    api.stop(fleet.lab.name, "host2")
    try:
        ran = fleet.apply(inventory, check=False)
    finally:
        api.start(fleet.lab.name, "host2")
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    assert "[host2] Could not connect" in ran.err
    assert "[host3] SSH host key error" in ran.err
    assert set(ran.changed()) == {"host1"}
    assert fleet.environ("host1")["OLLAMA_KEEP_ALIVE"] == "7m"
    assert differing(before, eyes.look(fleet, "host3")) == set()
    assert wrong.read_text().count("\n") == 1, "the key of host3 was accepted"
