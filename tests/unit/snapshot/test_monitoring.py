"""What hosts say of their monitoring, and which hosts are asked."""

from __future__ import annotations

from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.snapshot import parse, whole_question
from pyinfra_ollama.snapshot.monitoring import DaemonState, GrafanaState, monitoring_state
from tests.unit.decide.hosts import declaration
from tests.unit.decide.monitored import KEY, monitored, observing

CONVERGED = (Path(__file__).parent / "converged.txt").read_text().splitlines()
UNITS = [
    "unit=ollama-exporter.service|active|enabled|/usr/bin/python3 -IB /usr/local/bin/x ",
    "unit=prometheus.service|inactive||",
    "exporter=" + "a" * 64,
]
TAKEN = [
    "prometheus_successful=1",
    "prometheus_success_timestamp_seconds=1.7637121345678e+09",
    "alertmanager_successful=0",
    "alertmanager_success_timestamp_seconds=1.7e+09",
    "changed=1763712134.500000000 /etc/prometheus/prometheus.yml",
    "foreign=/etc/prometheus/alertmanager.yml",
]


def test_a_host_that_was_not_asked_tells_nothing() -> None:
    assert parse(CONVERGED).monitoring is None


def test_units_are_told_with_the_words_they_were_started_with() -> None:
    found = monitoring_state({"monitoring": UNITS})
    words = ("/usr/bin/python3", "-IB", "/usr/local/bin/x")
    assert found.daemons["ollama-exporter.service"] == DaemonState("active", "enabled", words)
    assert found.daemons["prometheus.service"] == DaemonState("inactive", "", ())
    assert found.exporter == "a" * 64
    assert found.taken == {}


def test_a_silent_exporter_is_none() -> None:
    found = monitoring_state({"monitoring": ["exporter="]})
    assert found.exporter is None


def test_a_configuration_that_was_refused_was_not_taken() -> None:
    found = monitoring_state({"monitoring": [], "observer": TAKEN})
    assert found.taken == {"prometheus": 1763712134.5678}
    assert found.changed == {"/etc/prometheus/prometheus.yml": 1763712134.5}
    assert found.foreign == ("/etc/prometheus/alertmanager.yml",)


def test_a_grafana_is_told_where_its_package_is_installed() -> None:
    found = monitoring_state({"monitoring": [], "observer": [*TAKEN, "grafana=active|17637.25"]})
    assert found.grafana == GrafanaState("active", 17637.25)
    found = monitoring_state({"monitoring": [], "observer": ["grafana=inactive|"]})
    assert found.grafana == GrafanaState("inactive", None)
    assert monitoring_state({"monitoring": [], "observer": TAKEN}).grafana is None


def test_hosts_without_monitoring_are_asked_what_they_were_asked_before() -> None:
    plain = whole_question(declaration())
    assert plain.scripts == ("snapshot",)
    assert plain.arguments()[8:] == ("",) * 6


def test_each_scripts_arguments_stand_in_their_places() -> None:
    server = whole_question(monitored())
    assert server.scripts == ("snapshot", "snapshot-metrics")
    units = "ollama-exporter.service prometheus-node-exporter.service"
    assert server.arguments()[8:] == ("", "", units, "127.0.0.1:9434", "", "")
    observer = whole_question(observing())
    assert observer.scripts == ("snapshot", "snapshot-metrics", "snapshot-observer")
    assert observer.arguments()[8:10] == ("", "")
    assert observer.arguments()[12] == "9090 9093"
    both = whole_question(monitored(gateway={"keys": [KEY]}))
    assert both.arguments()[8] == "9180"
    assert both.covers(server) is False
    assert both.covers(both)


def test_packages_and_files_are_asked_about_where_they_are_needed() -> None:
    server, observer = whole_question(monitored()), whole_question(observing())
    assert {"prometheus-node-exporter", "python3"} <= set(server.packages)
    assert "prometheus-nginx-exporter" not in server.packages
    assert {"prometheus", "prometheus-alertmanager"} <= set(observer.packages)
    assert {*layout.monitoring.EXPORTER_STAMPED, *layout.monitoring.OBSERVER_FILES} <= set(
        observer.files
    )
    gateway = whole_question(monitored(gateway={"keys": [KEY]}))
    assert "prometheus-nginx-exporter" in gateway.packages
