"""What of monitoring is started anew or reloaded: read off what the programs say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide import verified
from pyinfra_ollama.decide.monitoring.preflight import findings
from pyinfra_ollama.decide.monitoring.work import monitoring_files, needs
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.monitoring import MonitoringState

from .gateways import TEMPLATES
from .hosts import NOW, host
from .monitored import (
    KEY,
    converged,
    monitored,
    observing,
    texts,
    with_daemon,
    with_monitoring,
)


def work(declared: Declared, snapshot: Snapshot) -> list[tuple[str, str]]:
    found = needs(declared, monitoring_files(declared, TEMPLATES), snapshot)
    return [(need.unit, need.action) for need in found]


@pytest.mark.parametrize(
    "declared", [monitored(), monitored(gateway={"keys": [KEY]}), observing()], ids=str
)
def test_a_converged_host_needs_nothing(declared: Declared) -> None:
    assert work(declared, converged(declared)) == []


def test_a_bare_host_has_all_of_it_started() -> None:
    declared = observing()
    assert work(declared, replace(host(), monitoring=MonitoringState())) == [
        ("ollama-exporter.service", "restart"),
        ("prometheus-node-exporter.service", "restart"),
        ("prometheus.service", "restart"),
        ("prometheus-alertmanager.service", "restart"),
    ]
    found = needs(declared, monitoring_files(declared, TEMPLATES), host())
    assert [need.url for need in found] == [
        "http://127.0.0.1:9434/stamp",
        "http://127.0.0.1:9100/metrics",
        "http://127.0.0.1:9090/-/ready",
        "http://127.0.0.1:9093/-/ready",
    ]


def test_an_exporter_that_says_it_runs_other_files_is_started_anew() -> None:
    declared = monitored()
    found = converged(declared)
    for stamp in ("0" * 64, None):
        other = with_monitoring(found, exporter=stamp)
        assert work(declared, other) == [("ollama-exporter.service", "restart")]


@pytest.mark.parametrize("change", [{"active": "failed"}, {"enabled": "disabled"}, {"words": ()}])
def test_a_program_in_another_state_is_started_anew(change: dict[str, object]) -> None:
    declared = observing()
    unit = f"{layout.monitoring.NODE_EXPORTER}.service"
    assert work(declared, with_daemon(converged(declared), unit, **change)) == [(unit, "restart")]


def test_an_option_that_is_no_longer_declared_is_taken_away() -> None:
    found = converged(observing(retention_size="10G"))
    less = observing()
    there = found.monitoring.daemons if found.monitoring else {}
    started = with_monitoring(converged(less), daemons=there)
    assert work(less, started) == [("prometheus.service", "restart")]


def test_a_configuration_that_changed_since_it_was_taken_is_reloaded() -> None:
    declared = observing()
    found = converged(declared)
    later = with_monitoring(found, changed={layout.monitoring.PROMETHEUS_RULES: NOW - 9.0})
    assert work(declared, later) == [("prometheus.service", "reload")]
    refused = with_monitoring(found, taken={"prometheus": NOW - 9.5})
    assert work(declared, refused) == [("prometheus-alertmanager.service", "reload")]


def test_a_configuration_that_is_about_to_change_is_foretold_to_be_reloaded() -> None:
    declared = observing(alerts={"disk_percent": 50})
    assert work(declared, converged(observing())) == [("prometheus.service", "reload")]
    assert texts(declared) != texts(observing())


def test_runners_tell_their_metrics_where_they_are_declared() -> None:
    servers = [
        declared.server
        for declared in (monitored(), monitored(metrics={"runners": False}))
        if declared.server
    ]
    told = [one.environ().get("LLAMA_ARG_ENDPOINT_METRICS") for one in servers]
    assert told == ["1", None]
    own = monitored(ollama={"environment": {"LLAMA_ARG_ENDPOINT_METRICS": "0"}}).server
    assert own is not None
    assert own.environ()["LLAMA_ARG_ENDPOINT_METRICS"] == "0"


def test_what_a_person_wrote_is_not_replaced() -> None:
    declared = observing()
    assert declared.observer is not None
    foreign = with_monitoring(converged(declared), foreign=(layout.monitoring.PROMETHEUS_CONFIG,))
    levels = [finding.level for finding in findings(declared.observer, foreign)]
    assert levels == ["failure"]
    fine = [finding.level for finding in findings(declared.observer, converged(declared))]
    assert fine == ["ok"]
    alone = replace(declared.observer, targets=())
    assert [finding.level for finding in findings(alone, host())] == ["warning"]


def test_a_change_of_monitoring_is_verified() -> None:
    declared = observing()
    found = converged(declared)
    done = replace(found, verified=verified.fingerprint(declared, found, TEMPLATES))
    assert not verified.due(declared, done, TEMPLATES)
    assert verified.due(declared, with_monitoring(done, exporter=None), TEMPLATES)
    assert verified.due(observing(retention_days=5), done, TEMPLATES)
