"""The dashboard on real hosts: Prometheus knows all it asks for, and a Grafana would be given it.

Grafana itself cannot be installed here. A package of its name, with a unit of the right name, is in
its place, which shows what this package does to it, and nothing of what Grafana makes of that.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from picture.asking import take
from picture.board import panels
from pyinfra_ollama.settings import Secret
from pyinfra_ollama.steps import Step
from tests.fleet import gatewaying
from tests.fleet.debs import REPOSITORY, Deb, publish
from tests.fleet.gatewaying import Door
from tests.fleet.harness import Fleet, wait_until

pytestmark = pytest.mark.slow

HOST, OBSERVER = "host1", "host2"
SOON = 60
SOURCES, PROVIDERS = (f"/etc/grafana/provisioning/{kind}" for kind in ("datasources", "dashboards"))
PLACES = [f"{folder}/pyinfra-ollama.yaml" for folder in (SOURCES, PROVIDERS)]
DASHBOARD = "/usr/local/lib/pyinfra-ollama/dashboards/pyinfra-ollama.json"
# Prometheus' own, and what the lab's hosts cannot tell since nothing limits memory there.
ELSEWHERE = {"ALERTS", "ollama_service_memory_limit_bytes"}
WORDS = {"avg", "by", "changes", "count", "increase", "max", "min", "or", "rate", "sum", "time"}
STAND_IN = """[Service]
ExecStartPre=/bin/sh -c '! grep -s apiVersion..2 /etc/grafana/provisioning/*/*.yaml'
ExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory /srv 3000
[Install]
WantedBy=multi-user.target
"""
MAIN = "systemctl show grafana-server -p MainPID --value"


def declared(fleet: Fleet, **more: Any) -> Path:
    """A server with all that the dashboard shows, and its observer; keywords are its fields."""
    backup = {"repository": "Disk", "password": Secret.env("GATEWAY_ADA")}
    each: dict[str, dict[str, Any]] = {
        HOST: {
            "ollama": {"models": [fleet.chat()]},
            "gateway": gatewaying.declared(),
            "monitoring": {"interval": "10s"},
            "backup": backup,
        },
        OBSERVER: {"ollama": None, "observer": {"scrape_seconds": 5, **more}},
    }
    made = fleet.inventory(HOST, OBSERVER, each=each, metrics={}, verify={"generate": False})
    text = made.read_text().replace("import Secret", "import Disk, Secret")
    made.write_text(text.replace("'Disk'", "Disk('/srv/backup')"))
    return made


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Path:
    """Both hosts, made anew."""
    fleet.reset(HOST, OBSERVER)
    made = declared(fleet)
    assert Step.OBSERVER_GRAFANA not in fleet.apply(made).changed()[OBSERVER]
    return made


def ask(fleet: Fleet, path: str) -> str:
    return fleet.sh(OBSERVER, f"curl --silent {shlex.quote(f'http://127.0.0.1:9090{path}')}")


def asked_for() -> set[str]:
    """The metrics that the dashboard names."""
    found: set[str] = set()
    for target in (target for panel in panels() for target in panel.targets):
        text = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\b(by|on) \([^)]*\)', " ", target.expression)
        found |= set(re.findall(r"[a-zA-Z_][\w:]*", text)) - WORDS
    return found - ELSEWHERE


def test_every_metric_it_asks_for_is_told_by_real_exporters(fleet: Fleet, inventory: Path) -> None:
    fleet.ask(HOST, fleet.chat()["name"])
    fleet.sh(HOST, "systemctl start ollama-backup-run")
    door = Door(fleet)
    assert door.ask("GET", "/api/tags", key="chat").status == 200

    def missing() -> set[str]:
        told = set(json.loads(ask(fleet, "/api/v1/metadata"))["data"])
        groups = json.loads(ask(fleet, "/api/v1/rules?type=record"))["data"]["groups"]
        told |= {rule["name"] for group in groups for rule in group["rules"]}
        return {name for name in asked_for() if name.removesuffix("_bucket") not in told}

    wait_until("all are told", lambda: not missing(), SOON)


def test_prometheus_takes_every_question_of_it(fleet: Fleet, inventory: Path) -> None:
    now = int(fleet.sh(OBSERVER, "date +%s"))
    taken = take(lambda path: ask(fleet, path), start=now - 60, end=now, step=5, scrape=5)
    assert len(taken.answers) > 20
    server = next(panel for panel in panels() if panel.title == "Server")
    (answer,) = taken.answers[str(server.number)]
    assert [one["metric"]["instance"] for one in answer] == [HOST]


def install(fleet: Fleet) -> None:
    """What a person does who wants a Grafana there."""
    publish(fleet, OBSERVER, Deb("grafana", "11.6.0"))
    unit = shlex.quote(STAND_IN)
    fleet.sh(
        OBSERVER,
        f"dpkg -i {REPOSITORY}/grafana_11.6.0.deb && groupadd --system grafana && "
        f"printf %s {unit} >/etc/systemd/system/grafana-server.service && "
        "systemctl daemon-reload && systemctl enable --now grafana-server",
    )


def test_a_grafana_is_given_it_and_started_anew_once(fleet: Fleet, inventory: Path) -> None:
    install(fleet)
    before = fleet.sh(OBSERVER, MAIN)
    planned = fleet.plan(inventory).planned
    assert planned == {OBSERVER: [Step.OBSERVER_GRAFANA]}
    assert fleet.apply(inventory).changed() == planned
    owned = fleet.sh(OBSERVER, f"stat -c '%a %U:%G' {' '.join(PLACES)} {DASHBOARD}").splitlines()
    assert owned == ["640 root:grafana", "640 root:grafana", "644 root:root"]
    assert "url: http://127.0.0.1:9090" in fleet.sh(OBSERVER, f"cat {PLACES[0]}")
    pid = fleet.sh(OBSERVER, MAIN)
    assert pid not in (before, "0")
    assert fleet.apply(inventory).changed() == {}
    assert fleet.sh(OBSERVER, MAIN) == pid


def test_a_restart_that_a_killed_run_left_out_is_made_up_for(fleet: Fleet, inventory: Path) -> None:
    pid = fleet.sh(OBSERVER, MAIN)
    fleet.sh(OBSERVER, f"cp -p {PLACES[0]} /root/kept && mv /root/kept {PLACES[0]}")
    assert fleet.apply(inventory).changed() == {OBSERVER: [Step.OBSERVER_GRAFANA]}
    assert fleet.sh(OBSERVER, MAIN) != pid


def test_one_that_ends_over_it_is_told_with_its_words(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(OBSERVER, f"echo 'apiVersion: 2' >{SOURCES}/x.yaml")
    fleet.sh(OBSERVER, f"touch {PLACES[0]}")
    ran = fleet.apply(inventory, check=False)
    assert ran.code != 0
    assert "grafana-server.service ended when it was started" in ran.text
    fleet.sh(OBSERVER, f"rm {SOURCES}/x.yaml")
    fleet.sh(OBSERVER, "systemctl reset-failed grafana-server; systemctl start grafana-server")
    assert fleet.apply(inventory).changed() == {}


def test_without_its_package_nothing_of_it_is_left(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(OBSERVER, "systemctl disable --now grafana-server && dpkg -r grafana")
    assert fleet.apply(inventory).changed() == {OBSERVER: [Step.OBSERVER_GRAFANA]}
    assert fleet.sh(OBSERVER, f"ls {' '.join(PLACES)} {DASHBOARD} 2>/dev/null | cat") == ""
    assert fleet.apply(inventory).changed() == {}
