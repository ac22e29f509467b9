"""Where the monitor, the exporters and the observer are on a host."""

from __future__ import annotations

from pyinfra_ollama.layout.roots import CONFIGURATION, HOST_LIBRARY

EXPORTER_UNIT = "ollama-exporter.service"
EXPORTER_UNIT_FILE = f"/etc/systemd/system/{EXPORTER_UNIT}"
EXPORTER_COMMAND = "/usr/local/bin/ollama-exporter"
EXPORTER_CONFIG = f"{CONFIGURATION}/exporter.json"
EXPORTER_FOLDER = f"{HOST_LIBRARY}/ollama_exporter"
EXPORTER_MODULES = (
    "__init__",
    "__main__",
    "api",
    "asking",
    "certificate",
    "collecting",
    "counting",
    "door",
    "gateway",
    "processes",
    "service",
    "settings",
    "tailing",
    "text",
)
# What the exporter is started with, by whose hash it tells what it runs.
EXPORTER_STAMPED = (
    EXPORTER_UNIT_FILE,
    EXPORTER_COMMAND,
    EXPORTER_CONFIG,
    *(f"{EXPORTER_FOLDER}/{module}.py" for module in EXPORTER_MODULES),
)
NODE_EXPORTER, NGINX_EXPORTER = "prometheus-node-exporter", "prometheus-nginx-exporter"
PROMETHEUS, ALERTMANAGER = "prometheus", "prometheus-alertmanager"
# Debian's packages start their programs with these at once, and on all addresses without them.
DEFAULTS = {
    name: f"/etc/default/{name}"
    for name in (NODE_EXPORTER, NGINX_EXPORTER, PROMETHEUS, ALERTMANAGER)
}
PROMETHEUS_CONFIG = "/etc/prometheus/prometheus.yml"
PROMETHEUS_RULES = "/etc/prometheus/rules/pyinfra-ollama.yml"
ALERTMANAGER_CONFIG = "/etc/prometheus/alertmanager.yml"
OBSERVER_FILES = (PROMETHEUS_CONFIG, PROMETHEUS_RULES, ALERTMANAGER_CONFIG)
TOOLS_FOLDER = f"{HOST_LIBRARY}/ollama_tools"
TOOLS = (
    *(f"/usr/local/bin/ollama-{name}" for name in ("benchmark", "health", "monitor")),
    *(
        f"{TOOLS_FOLDER}/{name}.py"
        for name in (
            "__init__",
            "asking",
            "backups",
            "benchmark",
            "checks",
            "config",
            "disks",
            "generating",
            "health",
            "listening",
            "maintenance",
            "measures",
            "monitor",
            "output",
            "repair",
            "state",
            "telling",
            "units",
        )
    ),
)
MONITORING_CONFIG = f"{CONFIGURATION}/monitoring.json"
# The address that is told of trouble, which may let whoever knows it write there.
WEBHOOK = f"{CONFIGURATION}/webhook"
MONITOR_TIMER = "ollama-monitor.timer"
MONITOR_UNITS = (
    "/etc/systemd/system/ollama-monitor.service",
    f"/etc/systemd/system/{MONITOR_TIMER}",
    # Logs that grow fast are looked at more often than daily.
    "/etc/systemd/system/logrotate.timer.d/50-pyinfra-ollama.conf",
)
MONITOR_LOG = "/var/log/ollama-monitor.log"
# What Debian's node exporter reads, where it is installed.
MONITOR_FIGURES = "/var/lib/prometheus/node-exporter/pyinfra-ollama-monitor.prom"
MONITOR_LOGROTATE = "/etc/logrotate.d/pyinfra-ollama-monitor"
JOURNALD_FILE = "/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf"
MONITORING_FILES = (
    *TOOLS,
    MONITORING_CONFIG,
    WEBHOOK,
    MONITOR_LOGROTATE,
    JOURNALD_FILE,
    *MONITOR_UNITS,
)
