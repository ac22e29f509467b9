"""Metrics on real hosts: what is told, and to whom."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.generating import generating
from tests.fleet.harness import ROOT, Fleet, wait_until
from tests.fleet.observed import HOST, OBSERVER, SOON, STRANGER, api, observed

pytestmark = pytest.mark.slow

RULES = "/etc/prometheus/rules/pyinfra-ollama.yml"


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Iterator[Path]:
    """A server behind its gateway, and its observer."""
    with observed(fleet) as made:
        yield made


def page(fleet: Fleet, path: str = "/metrics") -> str:
    return fleet.sh(HOST, f"curl --fail -sS http://127.0.0.1:9434{path}")


def sample(fleet: Fleet, name: str) -> float:
    """One sample by its name and labels."""
    rows = [row for row in page(fleet).splitlines() if row.startswith(f"{name} ")]
    assert len(rows) == 1, (name, rows)
    return float(rows[0].split()[-1])


def test_a_second_run_changes_nothing(fleet: Fleet, inventory: Path) -> None:
    units = "ollama-exporter prometheus-node-exporter prometheus-nginx-exporter"
    show = f"systemctl show {units} prometheus prometheus-alertmanager -p MainPID --value"
    before = [fleet.sh(host, show) for host in (HOST, OBSERVER)]
    assert fleet.apply(inventory).changed() == {}
    assert [fleet.sh(host, show) for host in (HOST, OBSERVER)] == before


def test_their_own_checkers_take_what_is_deployed(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(OBSERVER, "promtool check config /etc/prometheus/prometheus.yml")
    fleet.sh(OBSERVER, f"promtool check rules {RULES}")
    fleet.sh(OBSERVER, "amtool check-config /etc/prometheus/alertmanager.yml")
    fleet.sh(HOST, "systemd-analyze verify --man=no /etc/systemd/system/ollama-exporter.service")


def test_every_alert_fires_and_is_silent_when_it_should(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(OBSERVER, f"rm -rf /root/rules && mkdir /root/rules && cp {RULES} /root/rules/")
    cases = sorted((ROOT / "tests/promtool").glob("*.yml"))
    for case in cases:
        put = f"printf %s {shlex.quote(case.read_text())} >/root/rules/{case.name}"
        fleet.sh(OBSERVER, put)
    names = " ".join(case.name for case in cases)
    fleet.sh(OBSERVER, f"cd /root/rules && promtool test rules {names}")


def test_observers_are_answered_and_nobody_else(fleet: Fleet, inventory: Path) -> None:
    address = fleet.lab.host(HOST).address
    ask = f"curl -sS --max-time 5 -o /dev/null http://{address}"
    assert fleet.ssh(OBSERVER, f"{ask}:9434/metrics").returncode == 0
    # Once by the firewall, and once without it by the exporter itself.
    assert fleet.ssh(STRANGER, f"{ask}:9434/metrics").returncode != 0
    fleet.sh(HOST, "ufw --force disable")
    try:
        assert fleet.ssh(STRANGER, f"{ask}:9434/metrics").returncode == 52
        for port in (9100, 9113):
            assert fleet.ssh(OBSERVER, f"{ask}:{port}/metrics").returncode == 7
    finally:
        fleet.sh(HOST, "ufw --force enable")
    observer = fleet.lab.host(OBSERVER).address
    for port in (9090, 9093, 9094, 9100):
        ask = f"curl -sS --max-time 5 -o /dev/null http://{observer}:{port}/"
        assert fleet.ssh(STRANGER, ask).returncode == 7


def test_every_page_is_scraped(fleet: Fleet, inventory: Path) -> None:
    def up() -> bool:
        rows = api(fleet, "9090/api/v1/targets?state=active")["data"]["activeTargets"]
        return len(rows) == 7 and all(row["health"] == "up" for row in rows)

    wait_until("all are up", up, SOON)


def test_tokens_are_those_of_the_servers_own_answers(fleet: Fleet, inventory: Path) -> None:
    model = fleet.chat()["name"]
    label = f'{{model="{model}"}}'
    names = ("generated_tokens", "generated_seconds", "prompt_tokens")
    before = {name: sample(fleet, f"ollama_runner_{name}_total{label}") for name in names}
    answers = []
    with generating():
        for number in range(50):
            body = {"model": model, "prompt": f"Count from {number}.", "stream": False}
            body["options"] = {"num_predict": 16, "temperature": 0}
            said = fleet.sh(
                HOST,
                "curl --fail -sS http://127.0.0.1:11434/api/generate "
                f"-d {shlex.quote(json.dumps(body))}",
            )
            answers.append(json.loads(said))
    found = {
        name: sample(fleet, f"ollama_runner_{name}_total{label}") - before[name] for name in names
    }
    tokens = sum(answer["eval_count"] for answer in answers)
    seconds = sum(answer["eval_duration"] for answer in answers) / 1e9
    assert found["generated_tokens"] == pytest.approx(tokens, rel=0.05)
    speed = found["generated_tokens"] / found["generated_seconds"]
    assert speed == pytest.approx(tokens / seconds, rel=0.05)


def test_a_runner_that_is_killed_costs_no_page(fleet: Fleet, inventory: Path) -> None:
    fleet.ask(HOST, fleet.chat()["name"])
    label = f'{{model="{fleet.chat()["name"]}"}}'
    counted = sample(fleet, f"ollama_runner_generated_tokens_total{label}")
    fleet.sh(HOST, "kill -KILL $(pgrep -x llama-server)")
    assert sample(fleet, f"ollama_runner_generated_tokens_total{label}") == counted
    fleet.ask(HOST, fleet.chat()["name"])
    assert sample(fleet, f"ollama_runner_generated_tokens_total{label}") > counted
