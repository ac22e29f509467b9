"""Alerts on real hosts: who is woken when, and which damage to an observer is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.damages import Damage
from tests.fleet.harness import Fleet, wait_until
from tests.fleet.metrics_damages import READY, SERVER, WATCH
from tests.fleet.observed import HOST, OBSERVER, SOON, alerts, api, declared, observed
from tests.fleet.test_verifier import judged, verified

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Iterator[Path]:
    """A server behind its gateway, and its observer."""
    with observed(fleet) as made:
        yield made


@pytest.mark.parametrize(
    ("do", "undo", "alert"),
    [
        ("systemctl kill -s STOP ollama", "systemctl kill -s CONT ollama", "OllamaDown"),
        ("systemctl stop ollama", "systemctl start ollama", "OllamaDown"),
        ("systemctl stop nginx", "systemctl start nginx", "OllamaGatewayDown"),
        (
            "systemctl stop ollama-exporter",
            "systemctl start ollama-exporter",
            "OllamaHostUnreachable",
        ),
    ],
)
def test_an_alert_fires_and_is_over(
    fleet: Fleet, inventory: Path, do: str, undo: str, alert: str
) -> None:
    fleet.sh(HOST, do)
    try:
        wait_until(f"{alert} fires", lambda: alert in alerts(fleet), SOON)
    finally:
        fleet.sh(HOST, undo)
    wait_until(f"{alert} is over", lambda: alert not in alerts(fleet), SOON * 2)


def test_a_changed_threshold_is_reloaded_and_nothing_restarts(
    fleet: Fleet, inventory: Path
) -> None:
    pid = "systemctl show prometheus -p MainPID --value"
    before = fleet.sh(OBSERVER, pid)
    ran = fleet.apply(declared(fleet, alerts={"disk_percent": 85}))
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
