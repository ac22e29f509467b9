"""Metrics on real hosts: what is told, and to whom."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.gatewaying import KEYS
from tests.fleet.generating import generating
from tests.fleet.harness import ROOT, Fleet, wait_until
from tests.fleet.metrics_damages import CONFIG, EXPORTER, RULES
from tests.fleet.observed import (
    HOST,
    OBSERVER,
    SOON,
    api,
    asked,
    chat,
    counting,
    declared,
    have,
    of_gateway,
    of_model,
    page,
    refusal,
    requests,
)
from tests.fleet.test_verifier import judged, verified

pytestmark = pytest.mark.slow

DASHBOARD = ROOT / "files/usr/local/lib/pyinfra-ollama/dashboards/pyinfra-ollama.json"


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Iterator[Path]:
    """A server behind its gateway, and its observer."""
    yield have(fleet, declared(fleet))
    fleet.sh(HOST, "ufw --force disable")


def test_a_second_run_changes_nothing(fleet: Fleet, inventory: Path) -> None:
    units = "ollama-exporter prometheus-node-exporter prometheus-nginx-exporter"
    show = f"systemctl show {units} prometheus prometheus-alertmanager -p MainPID --value"
    before = [fleet.sh(host, show) for host in (HOST, OBSERVER)]
    assert fleet.plan(inventory).planned == {}
    assert fleet.apply(inventory).changed() == {}
    assert fleet.environ(HOST)["LLAMA_ARG_ENDPOINT_METRICS"] == "1"
    assert [fleet.sh(host, show) for host in (HOST, OBSERVER)] == before


def test_their_own_checkers_take_what_is_deployed(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(OBSERVER, "promtool check config /etc/prometheus/prometheus.yml")
    fleet.sh(OBSERVER, f"promtool check rules {RULES}")
    fleet.sh(OBSERVER, "amtool check-config /etc/prometheus/alertmanager.yml")
    verify = "systemd-analyze verify --man=no /etc/systemd/system/ollama-exporter.service"
    assert fleet.sh(HOST, f"{verify} 2>&1") == ""
    door = f"http://{fleet.lab.host(HOST).address}:9434"
    for path in ("metrics", "node", "nginx"):
        said = fleet.ssh(OBSERVER, f"curl --fail -sS {door}/{path} | promtool check metrics")
        # 3: it is taken, though promtool would have other names.
        assert said.returncode in (0, 3), (path, said.stderr)


def test_every_alert_fires_and_is_silent_when_it_should(fleet: Fleet, inventory: Path) -> None:
    fleet.sh(OBSERVER, f"rm -rf /root/rules && mkdir /root/rules && cp {RULES} /root/rules/")
    cases = sorted((ROOT / "tests/promtool").glob("*.yml"))
    put = (f"printf %s {shlex.quote(one.read_text())} >/root/rules/{one.name}" for one in cases)
    fleet.sh(OBSERVER, "\n".join(put))
    fleet.sh(OBSERVER, f"cd /root/rules && promtool test rules {' '.join(c.name for c in cases)}")


def test_observers_are_answered_and_nobody_else(fleet: Fleet, inventory: Path) -> None:
    address = fleet.lab.host(HOST).address
    ask = f"curl -sS --max-time 5 -o /dev/null http://{address}"
    assert fleet.ssh(OBSERVER, f"{ask}:9434/metrics").returncode == 0
    # This machine is a stranger: once by the firewall, and once by the exporter itself.
    assert refusal(address, 9434) == "TimeoutError"
    fleet.sh(HOST, "ufw --force disable")
    try:
        assert refusal(address, 9434) in ("RemoteDisconnected", "ConnectionResetError")
        for port in (9100, 9113):
            assert refusal(address, port) == "ConnectionRefusedError"
    finally:
        fleet.sh(HOST, "ufw --force enable")
    observer = fleet.lab.host(OBSERVER).address
    for port in (9090, 9093, 9094, 9100):
        assert refusal(observer, port) == "ConnectionRefusedError"


def test_the_verifier_looks_at_it_from_an_observer_too(fleet: Fleet, inventory: Path) -> None:
    looking = ("--limit", HOST, "--from", OBSERVER)
    passed = judged(verified(fleet, inventory, *looking), "pass")
    assert "answers 10." in passed["outside-metrics"]
    forget = f"cp {CONFIG} /root/; sed -i '/observers/,/]/c\\  \"observers\": [],' {CONFIG}"
    fleet.sh(HOST, f"{forget}; {EXPORTER}")
    try:
        red = judged(verified(fleet, inventory, *looking), "fail")
        assert set(red) == {"outside-metrics"}
        assert "does not answer" in red["outside-metrics"]
    finally:
        fleet.sh(HOST, f"cp /root/exporter.json {CONFIG}; {EXPORTER}")


def test_every_page_is_scraped(fleet: Fleet, inventory: Path) -> None:
    def up() -> bool:
        rows = api(fleet, "9090/api/v1/targets?state=active")["data"]["activeTargets"]
        return len(rows) == 7 and all(row["health"] == "up" for row in rows)

    wait_until("all are up", up, SOON)


def test_tokens_are_those_of_the_servers_own_answers(fleet: Fleet, inventory: Path) -> None:
    model, generated = fleet.chat()["name"], of_model(fleet, "generated_tokens_total")
    label = f'model="{model}"'
    recent = f"sum(increase(ollama_runner_generated_tokens_total{{{label}}}[5m])) > 0"
    # Those of tests before on the same hosts would be in its five minutes.
    wait_until("nothing else is in it", lambda: asked(fleet, recent) < 0, 330)
    before = page(fleet)[generated]
    with generating():
        said = fleet.sh(HOST, counting(model, 50), timeout=300)
    answers = [json.loads(line) for line in said.splitlines()]
    assert len(answers) == 50
    tokens = sum(answer["eval_count"] for answer in answers)
    seconds = sum(answer["eval_duration"] for answer in answers) / 1e9
    counted = page(fleet)[generated]
    assert counted - before == tokens

    total = f"ollama_runner_generated_tokens_total{{{label}}}"
    wait_until("the last scrape has all", lambda: asked(fleet, total) == counted, SOON)
    since = asked(fleet, f"timestamp({total})")
    panels = json.loads(DASHBOARD.read_text())["panels"]
    (shown,) = (p for p in panels if p["title"] == "Tokens per second while generating")
    speed = shown["targets"][0]["expr"].replace('instance=~"$instance"', label)
    wait_until("it is evaluated", lambda: asked(fleet, f"timestamp({speed})") > since, SOON)
    assert asked(fleet, speed) == pytest.approx(tokens / seconds, rel=0.05)


def test_a_runner_that_is_killed_and_a_server_that_restarts_cost_no_page(
    fleet: Fleet, inventory: Path
) -> None:
    generated, read = of_model(fleet, "generated_tokens_total"), 'source_up{source="server"}'
    fleet.ask(HOST, fleet.chat()["name"])
    before = page(fleet)
    assert before['ollama_processes{role="runner"}'] == 1
    fleet.sh(HOST, "kill -KILL $(pgrep -x llama-server)")
    after = page(fleet)
    assert after['ollama_processes{role="runner"}'] == 0
    assert (after[generated], after[f"ollama_exporter_{read}"]) == (before[generated], 1)
    fleet.sh(HOST, "systemctl stop ollama")
    down = page(fleet)
    assert (down["ollama_up"], down[f"ollama_exporter_{read}"]) == (0, 1)
    fleet.sh(HOST, "systemctl start ollama")
    wait_until("it is up", lambda: page(fleet)["ollama_up"] == 1)
    fleet.ask(HOST, fleet.chat()["name"])
    assert page(fleet)[generated] == before[generated] + 8


def test_the_log_is_followed_through_a_rotation_and_what_is_no_line(
    fleet: Fleet, inventory: Path
) -> None:
    ask = f"curl --fail -sSk -H 'X-Api-Key: {KEYS['chat']}' https://127.0.0.1/api/version"
    kind = ("chat", "/api/version", "200")
    fleet.sh(HOST, ask)
    before = page(fleet)
    fleet.sh(HOST, f"{ask}; logrotate -f /etc/logrotate.d/pyinfra-ollama-gateway; sleep 0.2; {ask}")
    log = "/var/log/pyinfra-ollama/gateway.log"
    fleet.sh(HOST, f"printf 'x\\n\\0\\377{{\\n[]\\n{{\"path\": 1}}\\n' >>{log}; {ask}")
    fleet.sh(HOST, "curl -sSk -o /dev/null https://127.0.0.1/%ff")
    after = page(fleet)
    assert requests(after)[kind] == requests(before)[kind] + 3
    unread = "ollama_gateway_log_unread_lines_total"
    assert after[unread] == before[unread] + 4
    assert after[of_gateway("request_duration", "/api/version")] == requests(after)[kind]


def test_the_first_byte_is_that_of_streamed_answers(fleet: Fleet, inventory: Path) -> None:
    names = [of_gateway(kind, "/api/chat") for kind in ("request_duration", "first_byte")]
    before = page(fleet)
    for stream in (True, False):
        chat(fleet, stream=stream)
    after = page(fleet)
    assert [after[name] - before.get(name, 0) for name in names] == [2, 1]


def test_clients_cannot_make_up_labels(fleet: Fleet, inventory: Path) -> None:
    words = (
        "curl -sSk -o /dev/null -X M$i -H \"X-Api-Key: k$i\" -A a$i -H 'Host: h' "
        '"https://127.0.0.1/p$i?q=$i" https://127.0.0.1/api/p$i https://127.0.0.1/api/chat'
    )
    fleet.sh(HOST, f"for i in $(seq 60); do {words}; done")
    found = page(fleet)
    assert {who for who, _, _ in requests(found)} <= {"chat", "ops", "eye", "nobody", "other"}
    known = json.loads(fleet.sh(HOST, f"cat {CONFIG}"))["endpoints"]
    assert {endpoint for _, endpoint, _ in requests(found)} <= {*known, "other"}
    assert sum(v for (_, end, _), v in requests(found).items() if end == "other") >= 120
