"""The files of exporters and observers say what is declared, and no secret is shown."""

from __future__ import annotations

import json
from dataclasses import replace

from ollama_exporter.settings import Settings, _frozen
from pyinfra_ollama import layout
from pyinfra_ollama.decide.monitoring.work import monitoring_files
from tests.unit import repo

from .gateways import TEMPLATES
from .monitored import HOOK, KEY, monitored, observing, texts


def configuration(**variables: object) -> Settings:
    """The exporter's configuration of a host, as the exporter reads it."""
    found = json.loads(texts(monitored(**variables))[layout.monitoring.EXPORTER_CONFIG])
    return Settings(**{name: _frozen(value) for name, value in found.items()})


def test_the_exporter_knows_its_server_and_who_may_ask() -> None:
    found = configuration()
    assert found.server == ("127.0.0.1", 11434)
    assert (found.version, found.models) == ("0.33.0", ("a:latest",))
    assert (found.address, found.port, found.observers) == ("::", 9434, ("10.0.0.9",))
    assert found.passed == {"/node": (9100, "/metrics")}
    assert (found.log, found.tls) == ("", None)


def test_the_exporter_knows_the_names_of_callers_and_the_endpoints_but_no_key() -> None:
    found = configuration(gateway={"keys": [KEY]})
    assert found.callers == ("chat",)
    assert {"/api/chat", "/v1/messages"} <= set(found.endpoints)
    assert found.log == "/var/log/pyinfra-ollama/gateway.log"
    assert found.tls == ("127.0.0.1", 443)
    assert found.passed["/nginx"] == (9113, "/metrics")
    assert "canary" not in str(found)


def test_a_gateway_on_an_address_of_its_own_is_looked_at_there() -> None:
    found = configuration(gateway={"keys": [KEY], "listen": ["10.0.0.1"], "port": 8443})
    assert found.tls == ("10.0.0.1", 8443)
    plain = configuration(gateway={"keys": [KEY], "tls": None, "allow_plain": True})
    assert plain.tls is None


def test_every_module_of_the_exporter_is_sent() -> None:
    there = {
        f"/{file.relative_to('files')}"
        for file in repo.python(f"files{layout.monitoring.EXPORTER_FOLDER}")
    }
    there.add(layout.monitoring.EXPORTER_COMMAND)
    assert {
        path for path in layout.monitoring.EXPORTER_STAMPED if path.startswith("/usr/")
    } == there


def test_only_a_gateway_has_its_exporter_in_the_group_that_reads_logs() -> None:
    assert "adm" not in texts(monitored())[layout.monitoring.EXPORTER_UNIT_FILE]
    unit = texts(monitored(gateway={"keys": [KEY]}))[layout.monitoring.EXPORTER_UNIT_FILE]
    assert "SupplementaryGroups=adm\n" in unit


def test_debians_exporters_listen_on_loopback_only() -> None:
    found = texts(monitored(gateway={"keys": [KEY], "status_port": 9181}))
    assert (
        'ARGS="--web.listen-address=127.0.0.1:9100"\n'
        in found[layout.monitoring.DEFAULTS[layout.monitoring.NODE_EXPORTER]]
    )
    nginx = found[layout.monitoring.DEFAULTS[layout.monitoring.NGINX_EXPORTER]]
    assert "--web.listen-address=127.0.0.1:9113 " in nginx
    assert "http://127.0.0.1:9181/status" in nginx


def test_an_observer_listens_on_loopback_only_and_keeps_what_is_declared() -> None:
    found = texts(observing(retention_days=7, retention_size="1G", port=9190))
    prometheus = found[layout.monitoring.DEFAULTS[layout.monitoring.PROMETHEUS]]
    assert "--web.listen-address=127.0.0.1:9190 " in prometheus
    assert (
        "--storage.tsdb.retention.time=7d --storage.tsdb.retention.size=1073741824B" in prometheus
    )
    alertmanager = found[layout.monitoring.DEFAULTS[layout.monitoring.ALERTMANAGER]]
    assert '127.0.0.1:9093 --cluster.listen-address="' in alertmanager


def test_scrapes_go_to_the_inventorys_hosts_by_their_names() -> None:
    found = texts(observing(scrape_seconds=5))[layout.monitoring.PROMETHEUS_CONFIG]
    assert "scrape_timeout: 5s" in found
    jobs = found.split("  - job_name: ")[1:]
    assert [job.split("\n")[0] for job in jobs] == [
        "ollama",
        "node",
        "nginx",
        "prometheus",
        "alertmanager",
    ]
    target = "targets: ['[2001:db8::1]:9434']\n        labels:\n          instance: 'gpu1'"
    assert all(target in job for job in jobs[:3])
    assert "targets: ['127.0.0.1:9434']" in jobs[0]
    # It has no gateway.
    assert "127.0.0.1:9434" not in jobs[2]


def test_an_observers_own_figures_have_its_name_and_its_alerts_are_never_hidden() -> None:
    found = texts(observing())
    jobs = found[layout.monitoring.PROMETHEUS_CONFIG].split("  - job_name: ")[4:]
    assert [job.split("instance: ")[1].strip() for job in jobs] == ["'watch'", "'watch'"]
    # Its exporter may be down, and all else on it.
    hidden = found[layout.monitoring.ALERTMANAGER_CONFIG].split("inhibit_rules:")[1]
    assert (
        "target_matchers: [alertname !~ "
        '"OllamaHostUnreachable|OllamaObserverRefused|OllamaAlertsUndelivered"]' in hidden
    )


def test_thresholds_and_the_place_of_runbooks_stand_in_the_rules() -> None:
    rules = texts(observing(alerts={"memory_percent": 77}, runbooks="https://wiki.example.com/r/"))[
        layout.monitoring.PROMETHEUS_RULES
    ]
    assert "instance:node_memory_used:ratio > 77 / 100" in rules
    assert 'runbook: "https://wiki.example.com/r/OllamaDown.md"' in rules


def test_waiting_requests_are_not_counted_where_a_hosts_runners_do_not_tell() -> None:
    declared = observing()
    assert declared.observer is not None
    silent = tuple(replace(one, runners=False) for one in declared.observer.targets)
    less = replace(declared, observer=replace(declared.observer, targets=silent))
    rules, without = (texts(one)[layout.monitoring.PROMETHEUS_RULES] for one in (declared, less))
    assert "OllamaRequestsWait" in rules
    assert "OllamaRequestsWait" not in without
    assert rules.count("- alert:") == without.count("- alert:") + 1


def test_a_patience_shortens_what_has_to_last_and_what_passes_by_itself() -> None:
    usual = texts(observing())[layout.monitoring.PROMETHEUS_RULES]
    assert "for: 2m\n" in usual
    assert "changes(ollama_process_start_time_seconds[15m])" in usual
    short = texts(observing(alerts={"patience": 0.02}, scrape_seconds=5))[
        layout.monitoring.PROMETHEUS_RULES
    ]
    assert "for: 2s\n" in short
    assert "for: 0s\n" in short
    assert "increase(ollama_gateway_backend_busy_total[25s])" in short
    # What is recorded for people stays as its name says.
    assert "rate(ollama_gateway_requests_total[5m])" in short


def test_a_window_holds_some_samples_however_short_it_is_declared() -> None:
    rules = texts(observing(alerts={"patience": 0.02}))[layout.monitoring.PROMETHEUS_RULES]
    assert "increase(ollama_gateway_backend_busy_total[75s])" in rules
    slow = texts(observing(alerts={"patience": 0.02}, scrape_seconds=60))[
        layout.monitoring.PROMETHEUS_RULES
    ]
    assert "increase(ollama_gateway_backend_busy_total[300s])" in slow


def test_a_window_for_starts_holds_as_many_as_are_declared_and_the_one_before() -> None:
    few, many = (
        texts(observing(alerts={"patience": 0.02, "restarts": restarts}))[
            layout.monitoring.PROMETHEUS_RULES
        ]
        for restarts in (2, 9)
    )
    assert "changes(ollama_process_start_time_seconds[135s]) >= 2" in few
    assert "changes(ollama_process_start_time_seconds[450s]) >= 9" in many


def test_how_soon_people_are_told_is_as_declared() -> None:
    receiver = {"wait_seconds": 2, "update_seconds": 3}
    found = texts(observing(receiver=receiver))[layout.monitoring.ALERTMANAGER_CONFIG]
    assert "group_wait: 2s\n  group_interval: 3s\n" in found


def test_what_people_are_told_by_is_secret_and_quoted() -> None:
    declared = observing()
    files = {file.path: file for file in monitoring_files(declared, TEMPLATES)}
    secret = files[layout.monitoring.ALERTMANAGER_CONFIG]
    assert secret.secret
    assert (secret.mode, secret.group) == ("640", "prometheus")
    assert "- url: 'https://hooks.example.com/a''b#canary'\n" in (secret.content or "")
    others = [file for path, file in files.items() if path != layout.monitoring.ALERTMANAGER_CONFIG]
    assert not [file.path for file in others if HOOK in (file.content or "")]


def test_without_anybody_to_tell_alerts_are_kept_all_the_same() -> None:
    found = texts(observing(receiver={}))[layout.monitoring.ALERTMANAGER_CONFIG]
    assert "receivers:\n  - name: people\n" in found
    assert "configs" not in found
