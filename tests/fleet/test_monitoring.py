"""A host looks after itself: what is mended, what is left alone, who is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.damages import ANSWERS, Damage
from tests.fleet.harness import Fleet, wait_until
from tests.fleet.monitoring_damages import DAMAGES
from tests.fleet.test_verifier import judged, verified

pytestmark = pytest.mark.slow

HOST = "host1"
LOG = "/var/log/ollama-monitor.log"
TOLD = "/root/told"
DROP_IN = "/etc/systemd/system/ollama.service.d/90-loop.conf"
NOTIFY = {"command": ["/root/page-me"], "repeat": "1m"}
MONITORING = {"interval": "10s", "answer": "1s", "notify": NOTIFY}
# Three silences with their pauses, a stop and a start.
SOON = 60


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Path:
    """A bare host becomes one that looks after itself every ten seconds."""
    fleet.reset(HOST)
    script = f"#!/bin/sh\\nmkdir -p {TOLD}; cat >{TOLD}/$(date +%s.%N)\\n"
    fleet.sh(HOST, f"printf '{script}' >/root/page-me && chmod 755 /root/page-me")
    made = fleet.inventory(HOST, monitoring=MONITORING)
    fleet.apply(made)
    return made


@pytest.fixture(autouse=True)
def begun_anew(fleet: Fleet, inventory: Path) -> Iterator[None]:
    """Nothing remembered, nobody told, the server up."""
    fleet.sh(HOST, f"rm -rf {TOLD} /run/pyinfra-ollama-monitor/memory.json; : >{LOG}")
    yield
    fleet.sh(
        HOST,
        f"rm -f {DROP_IN}; ollama-monitor --maintenance off; systemctl daemon-reload; "
        f"systemctl reset-failed ollama; systemctl start ollama; {ANSWERS}",
    )


def log(fleet: Fleet) -> str:
    return fleet.sh(HOST, f"cat {LOG}")


def runs(fleet: Fleet, count: int = 2) -> None:
    """Wait for whole runs that began from now on."""
    before = len(log(fleet).splitlines())
    wait_until("the monitor ran", lambda: len(log(fleet).splitlines()) >= before + count, SOON)


def messages(fleet: Fleet) -> list[dict[str, object]]:
    said = fleet.sh(HOST, f"cat {TOLD}/* 2>/dev/null || true")
    decoder, found = json.JSONDecoder(), []
    while said:
        one, end = decoder.raw_decode(said)
        found.append(one)
        said = said[end:].lstrip()
    return found


def test_a_second_run_changes_nothing_and_the_host_is_good(fleet: Fleet, inventory: Path) -> None:
    assert fleet.plan(inventory).planned == {}
    assert fleet.foretell(inventory).code == 0
    assert fleet.apply(inventory).changed() == {}
    ran = verified(fleet, inventory)
    assert ran.code == 0, ran.text
    assert {"monitor", "journal", "log-rotation"} <= set(judged(ran, "pass"))


def test_what_is_deployed_is_good_to_those_who_read_it(fleet: Fleet, inventory: Path) -> None:
    units = "ollama-monitor.service ollama-monitor.timer"
    assert fleet.sh(HOST, f"systemd-analyze verify --man=no {units} 2>&1") == ""
    assert "error" not in fleet.sh(HOST, "logrotate -d /etc/logrotate.conf 2>&1")
    assert fleet.sh(HOST, "find / -xdev -name __pycache__ -path '*pyinfra*'") == ""


def test_a_server_that_hangs_is_restarted(fleet: Fleet, inventory: Path) -> None:
    before = fleet.pid(HOST)
    fleet.sh(HOST, f"kill -STOP {before}")
    wait_until("another process answers", lambda: "restarted, and it answers" in log(fleet), SOON)
    assert fleet.pid(HOST) not in (before, "0")
    assert fleet.version(HOST)
    assert messages(fleet)


def test_a_killed_server_is_left_to_systemd(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, f"kill -9 {fleet.pid(HOST)}")
    runs(fleet)
    assert fleet.version(HOST)
    assert "ACTION" not in log(fleet)


def test_a_server_that_a_person_stopped_stays_so(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, "systemctl stop ollama")
    runs(fleet, 3)
    assert fleet.pid(HOST) == "0"
    assert len(messages(fleet)) == 1, "told once"
    fleet.sh(HOST, f"systemctl start ollama && {ANSWERS}")
    wait_until("it is told that it is over", lambda: len(messages(fleet)) == 2, SOON)
    assert messages(fleet)[1]["status"] == "recovered"


def test_one_that_fails_in_a_loop_is_left_alone(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, f"printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' >{DROP_IN}")
    fleet.ssh(HOST, "systemctl daemon-reload; systemctl restart ollama")
    state = "systemctl show ollama -p ActiveState --value"
    wait_until("systemd gave up", lambda: fleet.sh(HOST, state) == "failed", SOON)
    runs(fleet)
    assert fleet.sh(HOST, state) == "failed"
    assert "it failed in a loop" in log(fleet)


def test_nothing_is_done_in_maintenance(fleet: Fleet, inventory: Path) -> None:
    before = fleet.pid(HOST)
    fleet.sh(HOST, "ollama-monitor --maintenance 10m --reason tests")
    fleet.sh(HOST, f"kill -STOP {before}")
    runs(fleet, 3)
    assert fleet.pid(HOST) == before
    assert messages(fleet) == []
    fleet.sh(HOST, "ollama-monitor --maintenance off")
    wait_until("it is mended then", lambda: fleet.pid(HOST) != before, SOON)


def test_a_full_log_disk_stops_nothing(fleet: Fleet, inventory: Path) -> None:
    full = (
        "mkdir -p /root/full && mount -t tmpfs -o size=64k tmpfs /root/full && touch /root/full/log"
    )
    fill = "dd if=/dev/zero of=/root/full/rest bs=1k 2>/dev/null; true"
    fleet.sh(HOST, f"{full} && mount --bind /root/full/log {LOG} && {{ {fill}; }}")
    try:
        before = fleet.pid(HOST)
        fleet.sh(HOST, f"kill -STOP {before}")
        wait_until("it is mended", lambda: fleet.pid(HOST) not in (before, "0"), SOON)
        said = fleet.sh(HOST, "journalctl -u ollama-monitor -n 50 --no-pager")
        assert "No space left on device" in said
    finally:
        fleet.sh(HOST, f"umount {LOG}; umount /root/full")


def test_two_at_once(fleet: Fleet, inventory: Path) -> None:
    said = fleet.sh(HOST, "flock /run/pyinfra-ollama-monitor/lock ollama-monitor")
    assert said == "another run is at work; this one leaves"


def test_health(fleet: Fleet, inventory: Path) -> None:
    assert fleet.sh(HOST, "ollama-health").startswith("OLLAMA OK - ")
    assert json.loads(fleet.sh(HOST, "ollama-health --json"))["status"] == "ok"
    fleet.sh(HOST, "systemctl stop ollama")
    ran = fleet.ssh(HOST, "ollama-health")
    assert ran.returncode == 2
    assert ran.stdout.startswith("OLLAMA CRITICAL - ollama is inactive (dead): it was stopped")


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: str(damage.name))
def test_each_damage_turns_exactly_its_check_red(
    fleet: Fleet, inventory: Path, damage: Damage
) -> None:
    fleet.sh(HOST, "systemctl restart ollama; " + ANSWERS)
    fleet.sh(HOST, damage.do)
    try:
        red = judged(verified(fleet, inventory), "fail")
        assert set(red) == {damage.check}, red
        assert damage.seen in red[damage.check]
    finally:
        fleet.sh(HOST, damage.undo)
