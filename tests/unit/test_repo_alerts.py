"""Rules, runbooks, promtool's tests, the dashboard and the page about them are of one piece."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.layout import grafana
from tests.unit import repo
from tests.unit.decide.monitored import observing, texts

RULES = Path("templates/etc/prometheus/rules/pyinfra-ollama.yml.j2")
DASHBOARD = Path(f"files{grafana.DASHBOARD}")
PAGE = Path("docs/metrics.md")
ALERTS = re.findall(r'(?m)^\{\{ alert\("(\w+)"', repo.text(RULES))
METRIC = re.compile(r"(?<![\w:])(?:pyinfra_)?ollama_[a-z_]+")
# Endings that a histogram's series have, besides its name.
SERIES = re.compile(r"_(?:bucket|sum|count)$")


def named(text: str) -> set[str]:
    """The metrics of this package that a text names."""
    return {SERIES.sub("", name) for name in METRIC.findall(text)}


def test_every_alert_has_a_runbook_and_cases_for_promtool() -> None:
    assert len(ALERTS) == len(set(ALERTS)) > 20
    pages = {file.stem for file in repo.files() if file.match("docs/runbooks/*.md")}
    cases = {file.stem for file in repo.files() if file.match("tests/promtool/Ollama*.yml")}
    assert set(ALERTS) == pages == cases


@pytest.mark.parametrize("alert", ALERTS)
def test_a_runbook_says_what_it_means_where_to_look_and_what_to_do(alert: str) -> None:
    text = repo.text(Path(f"docs/runbooks/{alert}.md"))
    assert text.startswith(f"# {alert}\n\n")
    assert re.findall(r"(?m)^## (.+)$", text) == ["Look", "Do"]
    assert re.search(r"(?m)^    \S", text)
    assert re.search(r"(?m)^- \S", text)


@pytest.mark.parametrize("alert", ALERTS)
def test_the_commands_of_a_runbook_are_a_shells_and_debians(alert: str) -> None:
    found = "\n".join(re.findall(r"(?m)^    (\S.*)$", repo.text(Path(f"docs/runbooks/{alert}.md"))))
    ran = subprocess.run(["sh", "-n"], input=found, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    # Not on Debian 13, or only with packages that a server does not have.
    assert not re.findall(r"(?m)^(?:last|netstat|ifconfig)\b.*$", found)
    # As root it reads what the exporter's own user may not.
    assert not re.findall(r"(?m)^ollama-exporter --once.*(?:source_|log_readable).*$", found)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_is_tried_firing_and_silent(alert: str) -> None:
    text = repo.text(Path(f"tests/promtool/{alert}.yml"))
    assert "exp_alerts: []" in text
    assert f"runbook: docs/runbooks/{alert}.md" in text


@pytest.mark.parametrize("alert", ALERTS)
def test_the_page_names_every_alert(alert: str) -> None:
    assert f"[{alert}](runbooks/{alert}.md)" in repo.text(PAGE)


@pytest.mark.parametrize("place", [RULES, DASHBOARD], ids=str)
def test_what_rules_and_dashboard_ask_for_is_on_the_page(place: Path) -> None:
    text = repo.text(place)
    expressions = (
        " ".join(t["expr"] for p in json.loads(text)["panels"] for t in p.get("targets", []))
        if place == DASHBOARD
        else text
    )
    unknown = named(expressions) - named(repo.text(PAGE))
    assert named(expressions)
    assert not unknown


def test_the_page_names_what_the_exporter_tells() -> None:
    from ollama_exporter.service import COUNTED, SHOWN

    code = " ".join(
        repo.text(file) for file in repo.python(f"files{layout.monitoring.EXPORTER_FOLDER}")
    )
    told = set(re.findall(r'"(ollama_[a-z_]+)"', code)) - {"ollama_exporter"}
    told |= {f"ollama_runner_{key}_total" for key in COUNTED}
    told |= {f"ollama_runner_{key}" for key in SHOWN}
    told |= {f"ollama_service_{name}" for name in re.findall(r'"(\w+)", "(?:gauge|counter)"', code)}
    told = {name for name in told if not name.startswith("ollama_service_ollama_")}
    page = {name for name in named(repo.text(PAGE)) if name.startswith("ollama_")}
    assert told == page


def test_recorded_series_that_are_asked_for_are_recorded() -> None:
    recorded = set(re.findall(r"record: (\S+)", repo.text(RULES)))
    wanted = set(re.findall(r"instance[a-z_]*:[a-z0-9_:]+", repo.text(DASHBOARD)))
    wanted |= set(re.findall(r"expr: .*?(instance[a-z_]*:[a-z0-9_:]+)", repo.text(RULES)))
    assert wanted <= recorded


# A host that is off, a page that is not whole and a certificate are nobody's maintenance.
ALWAYS = {"OllamaHostUnreachable", "OllamaMetricsPartial", "OllamaCertificateExpires"}


def test_the_servers_and_the_gateways_own_alerts_are_off_in_maintenance() -> None:
    groups = texts(observing())[layout.monitoring.PROMETHEUS_RULES].split("  - name: ")
    own = [one for one in groups if one.startswith(("ollama-server", "ollama-gateway"))]
    alerts = [one.split("\n", 1) for group in own for one in group.split("- alert: ")[1:]]
    guarded = {name for name, rule in alerts if "unless on (instance) pyinfra_ollama_m" in rule}
    assert {name for name, _ in alerts} - guarded == ALWAYS
    assert len(guarded) > 8
