"""Alerts on real hosts: who is woken when, and which damage to an observer is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.damages import ANSWERS, Damage
from tests.fleet.harness import Fleet, wait_until
from tests.fleet.metrics_damages import READY, SERVER, WATCH
from tests.fleet.observed import (
    ALSO,
    HOST,
    OBSERVER,
    QUICK,
    SOON,
    alerts,
    api,
    declared,
    have,
    listen,
    told,
)
from tests.fleet.test_verifier import judged, verified

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Iterator[Path]:
    """A server behind its gateway, and its observer; told within seconds."""
    made = have(fleet, declared(fleet, also=ALSO, **QUICK))
    listen(fleet)
    yield made
    fleet.sh(HOST, "ufw --force disable")


def tell(fleet: Fleet, status: str, names: tuple[str, ...]) -> None:
    """Wait until people were told of each, one by one, so that a failure names what is missing."""
    for name in names:
        wait_until(f"{name} is {status}", lambda one=name: one in told(fleet, status), SOON)


def fire(fleet: Fleet, *names: str) -> None:
    """Wait until people were told of these, by Prometheus and Alertmanager."""
    tell(fleet, "firing", names)


def end(fleet: Fleet, *names: str) -> None:
    """Wait until people were told that these are over, and neither of both has them."""
    tell(fleet, "resolved", names)
    wait_until(f"{names} are gone", lambda: not set(names) & alerts(fleet), SOON)


def test_each_trouble_is_told_of_and_so_is_its_end(fleet: Fleet, inventory: Path) -> None:
    units = "nginx prometheus-nginx-exporter ollama-monitor.timer"
    fill = (
        "mkdir -p /srv/full && mount -t tmpfs -o size=4m tmpfs /srv/full && "
        "dd if=/dev/zero of=/srv/full/rest bs=4k 2>/dev/null"
    )
    # Up for so long that a scrape sees each start.
    kill = f"systemctl kill -s KILL ollama; {ANSWERS}; sleep 11"
    password = "/etc/pyinfra-ollama/backup/password"
    backup = "systemctl start ollama-backup-run"
    several = (
        "OllamaBackupFailed",
        "OllamaDiskFull",
        "OllamaExporterDown",
        "OllamaGatewayDown",
        # The observer's own, since it would hide what else is wrong with a host.
        "OllamaHostUnreachable",
        "OllamaMonitorSilent",
        "OllamaRestartLoop",
    )
    fleet.sh(OBSERVER, "systemctl stop ollama-exporter")
    fleet.sh(HOST, f"systemctl stop {units}; {fill} || :; mv {password} /root/; {backup} || :")
    fleet.sh(HOST, f"{kill}; {kill}")
    fire(fleet, *several)
    # Stopped by signal, it neither answers nor ends; the host itself has to mend it.
    before = fleet.pid(HOST)
    fleet.sh(OBSERVER, "systemctl start ollama-exporter")
    fleet.sh(HOST, f"mv /root/password {password}; {backup}; umount /srv/full")
    fleet.sh(HOST, f"systemctl kill -s STOP ollama; systemctl start {units}")
    fire(fleet, "OllamaDown")
    wait_until("the host mended it", lambda: fleet.pid(HOST) not in (before, "0"), SOON)
    end(fleet, *several, "OllamaDown")


def test_a_changed_threshold_is_reloaded_and_nothing_restarts(
    fleet: Fleet, inventory: Path
) -> None:
    pid = "systemctl show prometheus -p MainPID --value"
    before = fleet.sh(OBSERVER, pid)
    ran = fleet.apply(
        declared(
            fleet,
            also=ALSO,
            **{**QUICK, "alerts": {**QUICK["alerts"], "disk_percent": 85}},
        )
    )
    assert set(ran.changed()) == {OBSERVER}
    assert fleet.sh(OBSERVER, pid) == before
    rules = json.dumps(api(fleet, "9090/api/v1/rules"))
    assert "85 / 100" in rules
    fleet.apply(inventory)


def test_a_configuration_of_a_person_is_not_replaced(fleet: Fleet, inventory: Path) -> None:
    keep = "cp -p /etc/prometheus/prometheus.yml /root/kept.yml"
    fleet.sh(OBSERVER, f"{keep}; echo 'scrape_configs: []' >/etc/prometheus/prometheus.yml")
    ran = fleet.apply(inventory, check=False)
    assert ran.code != 0
    assert "which somebody wrote" in ran.text
    fleet.sh(OBSERVER, "cp -p /root/kept.yml /etc/prometheus/prometheus.yml")
    fleet.apply(inventory)


@pytest.mark.parametrize(
    ("host", "damage"),
    [*((HOST, one) for one in SERVER), *((OBSERVER, one) for one in WATCH)],
    ids=lambda one: one.name if isinstance(one, Damage) else one,
)
def test_a_damage_turns_exactly_its_check_red(
    fleet: Fleet, inventory: Path, host: str, damage: Damage
) -> None:
    fleet.sh(host, damage.do)
    try:
        red = judged(verified(fleet, inventory, "--inside"), "fail")
        assert set(red) == {damage.check}, red
        assert damage.seen in red[damage.check]
    finally:
        fleet.sh(host, damage.undo)
    fleet.sh(HOST, f"{READY} http://127.0.0.1:9434/stamp")
