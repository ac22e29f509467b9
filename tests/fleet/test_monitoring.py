"""A host with a gateway that looks after itself: what is deployed and verified, bounds of logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fleet import gatewaying
from tests.fleet.damages import Damage
from tests.fleet.harness import Fleet, wait_until
from tests.fleet.monitoring_damages import AT_ONCE, CONFIG, LOG
from tests.fleet.test_verifier import judged, verified
from tests.fleet.watched import look

pytestmark = pytest.mark.slow

HOST = "host2"
MONITORING = {"interval": "1h", "answer": "1s", "journal_max": "16M", "log_max": "1M"}
GATEWAY_LOG = "/var/log/pyinfra-ollama/gateway.log"
TOOLS = "/usr/local/bin/ollama-* /usr/local/lib/pyinfra-ollama/ollama_tools/*.py"


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Path:
    """A bare host becomes a server behind a gateway that looks after itself once an hour."""
    fleet.reset(HOST)
    ollama = {"https_proxy": gatewaying.DEAD, "models": []}
    made = fleet.inventory(
        HOST, ollama=ollama, gateway=gatewaying.declared(), monitoring=MONITORING
    )
    fleet.apply(made)
    return made


def test_a_second_run_changes_nothing_and_the_host_is_good(fleet: Fleet, inventory: Path) -> None:
    assert fleet.plan(inventory).planned == {}
    assert fleet.foretell(inventory).code == 0
    assert fleet.apply(inventory).changed() == {}
    ran = verified(fleet, inventory)
    assert ran.code == 0, ran.text
    assert {"monitor", "journal", "log-rotation"} <= set(judged(ran, "pass"))


def test_what_is_deployed_is_good_to_those_who_read_it(fleet: Fleet, inventory: Path) -> None:
    units = "ollama-monitor.service ollama-monitor.timer logrotate.timer"
    assert fleet.sh(HOST, f"systemd-analyze verify --man=no {units} 2>&1") == ""
    said = fleet.sh(HOST, "logrotate -d /etc/logrotate.conf 2>&1")
    assert not [line for line in said.splitlines() if line.startswith("error:")]
    assert f"rotating pattern: {LOG}" in said
    read = "import sys; [compile(open(path).read(), path, 'exec') for path in sys.argv[1:]]"
    assert fleet.sh(HOST, f'python3 -W error -IB -c "{read}" {TOOLS}') == ""
    assert fleet.sh(HOST, "find / -xdev -name __pycache__ -path '*pyinfra*'") == ""


def test_a_stopped_timer_is_foretold_and_started(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, "systemctl disable --now ollama-monitor.timer")
    said = fleet.ssh(HOST, "ollama-health")
    assert said.returncode == 1
    assert "nothing is mended or told" in said.stdout.splitlines()[0]
    step = "Have the monitor's timer and the journal's bounds in force"
    verify = "Have the deployment verified"
    assert fleet.plan(inventory).planned == {HOST: [step, verify]}
    assert fleet.apply(inventory).changed() == {HOST: [step, verify]}
    assert fleet.sh(HOST, "systemctl is-active ollama-monitor.timer") == "active"
    assert fleet.sh(HOST, "systemctl is-enabled ollama-monitor.timer") == "enabled"


def test_what_rotates_logs_is_foretold_and_started(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, "systemctl disable --now logrotate.timer")
    step = "Have the monitor's timer and the journal's bounds in force"
    steps = [step, "Have the deployment verified"]
    assert fleet.plan(inventory).planned == {HOST: steps}
    assert fleet.apply(inventory).changed() == {HOST: steps}
    assert fleet.sh(HOST, "systemctl is-active logrotate.timer") == "active"
    assert fleet.sh(HOST, "systemctl is-enabled logrotate.timer") == "enabled"
    # For an uninstall, which has it as it was.
    noted = "grep -xF 'unit logrotate.timer disabled inactive' /var/lib/pyinfra-ollama/made"
    assert fleet.ssh(HOST, noted).returncode == 0
    assert fleet.apply(inventory).changed() == {}


def test_health_says_by_its_exit_code_how_the_host_is(fleet: Fleet, inventory: Path) -> None:
    good = fleet.sh(HOST, "ollama-health")
    assert good.startswith("OLLAMA OK - ")
    assert json.loads(fleet.sh(HOST, "ollama-health --json"))["status"] == "ok"
    assert fleet.sh(HOST, "su -s /bin/sh nobody -c ollama-health").startswith("OLLAMA OK - ")
    changed = f'sed \'s/"disk_percent": 90/"disk_percent": 1/\' {CONFIG} >/root/low.json'
    warned = fleet.ssh(HOST, f"{changed}; ollama-health --config /root/low.json")
    assert (warned.returncode, warned.stdout[:16]) == (1, "OLLAMA WARNING -")
    unknown = fleet.ssh(HOST, "ollama-health --config /nonexistent")
    assert (unknown.returncode, unknown.stdout[:16]) == (3, "OLLAMA UNKNOWN -")
    missing = 'sed \'s/"models": \\[\\]/"models": ["no:such"]/\''
    critical = fleet.ssh(
        HOST, f"{missing} {CONFIG} >/root/no.json; ollama-health --config /root/no.json"
    )
    assert critical.returncode == 2
    assert critical.stdout.startswith("OLLAMA CRITICAL - models are missing: no:such")


def test_a_gateway_that_was_killed_is_started(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, "systemctl kill --kill-whom=all -s KILL nginx")
    wait_until(
        "nginx failed", lambda: fleet.ssh(HOST, "systemctl is-failed -q nginx").returncode == 0, 10
    )
    assert any("nginx.service" in line and "started" in line for line in look(fleet, HOST))
    assert fleet.sh(HOST, "systemctl is-active nginx") == "active"
    assert (
        fleet.ssh(HOST, "curl -sS -o /dev/null --fail http://127.0.0.1:9180/stamp").returncode == 0
    )


def test_logs_keep_to_their_bounds(fleet: Fleet, inventory: Path) -> None:
    for path in (LOG, GATEWAY_LOG):
        fleet.sh(HOST, f"yes {'x' * 99} | head -c 1100000 >>{path}")
    fleet.sh(HOST, "systemctl start logrotate")
    for path in (LOG, GATEWAY_LOG):
        assert int(fleet.sh(HOST, f"stat -c %s {path}")) < 1000
        assert int(fleet.sh(HOST, f"stat -c %s {path}.1")) > 1000000
    # Its own line follows the rotation, in the new file and for the same readers.
    assert look(fleet, HOST)[-1].startswith("OK (")
    assert fleet.sh(HOST, f"stat -c '%a %U %G' {LOG}") == "640 root adm"
    # Three times what the journal may hold; one file more is being written.
    fleet.sh(HOST, "base64 -w 4000 /dev/urandom | head -n 12000 | systemd-cat; journalctl --sync")
    used = int(fleet.sh(HOST, "du -s -B1 /var/log/journal | cut -f 1"))
    assert used < 2 * 16 * 1024**2
    assert verified(fleet, inventory).code == 0


@pytest.mark.parametrize("damages", AT_ONCE, ids=lambda row: ", ".join(one.name for one in row))
def test_each_damage_turns_exactly_its_check_red(
    fleet: Fleet, inventory: Path, damages: list[Damage]
) -> None:
    for damage in damages:
        fleet.sh(HOST, damage.do)
    try:
        red = judged(verified(fleet, inventory), "fail")
        assert set(red) == {damage.check for damage in damages}, red
        for damage in damages:
            assert damage.seen in red[damage.check]
    finally:
        for damage in damages:
            fleet.sh(HOST, damage.undo)


def test_maintenance_is_a_warning(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(HOST, "ollama-monitor --maintenance 10m")
    try:
        ran = verified(fleet, inventory)
        assert "maintenance is on" in judged(ran, "warn")["monitor"]
    finally:
        fleet.sh(HOST, "ollama-monitor --maintenance off")
