"""Ways to damage exporters and an observer, each with the one check that must turn red."""

from __future__ import annotations

from tests.fleet.damages import Damage

CONFIG = "/etc/pyinfra-ollama/exporter.json"
LOG = "/var/log/pyinfra-ollama/gateway.log"
RULES = "/etc/prometheus/rules/pyinfra-ollama.yml"
READY = "curl -sS --fail --retry 50 --retry-delay 0 --retry-all-errors -o /dev/null"
EXPORTER = f"systemctl restart ollama-exporter && {READY} http://127.0.0.1:9434/stamp"
DEFAULTS = "/etc/default/prometheus-node-exporter"
NODE = "systemctl restart prometheus-node-exporter"
ASKED = "curl -sS 'http://127.0.0.1:9090/api/v1/targets?state=active' | grep -q :9434/metrics"
LOADED = f"systemctl reload prometheus && {READY} http://127.0.0.1:9090/-/ready"

SERVER = (
    Damage(
        "exporter stopped",
        "exporters",
        "ollama-exporter.service is inactive",
        "systemctl stop ollama-exporter",
        EXPORTER,
    ),
    Damage(
        "node exporter disabled",
        "exporters",
        "is active, disabled",
        "systemctl disable prometheus-node-exporter",
        "systemctl enable prometheus-node-exporter",
    ),
    Damage(
        "a log that may not be read",
        "exporters",
        "ollama_gateway_log_readable is 0",
        f"chown root:root {LOG} && {EXPORTER}",
        f"chown www-data:adm {LOG} && {EXPORTER}",
    ),
    Damage(
        "node exporter on all addresses",
        "exporter-ports",
        "9100 is open",
        f"cp {DEFAULTS} /root/ && : >{DEFAULTS} && {NODE}",
        f"cp /root/prometheus-node-exporter {DEFAULTS} && {NODE}",
    ),
)
WATCH = (
    Damage(
        "rules gone",
        "observer",
        "no rule OllamaDown",
        f"cp {RULES} /root/ && echo 'groups: []' >{RULES} && {LOADED}",
        f"cp /root/pyinfra-ollama.yml {RULES} && {LOADED}",
    ),
    Damage(
        "Alertmanager stopped",
        "observer",
        "Alertmanager is not ready",
        "systemctl stop prometheus-alertmanager",
        f"systemctl start prometheus-alertmanager && {READY} http://127.0.0.1:9093/-/ready",
    ),
    Damage(
        "a host that is no longer asked",
        "targets",
        "no ollama of host1",
        "cp /etc/prometheus/prometheus.yml /root/ && "
        f"sed -i /9434/,+2d /etc/prometheus/prometheus.yml && {LOADED}; "
        f"while {ASKED}; do sleep 0.5; done",
        f"cp /root/prometheus.yml /etc/prometheus/ && {LOADED}; until {ASKED}; do sleep 0.5; done",
    ),
)
