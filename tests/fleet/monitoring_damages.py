"""Ways to damage a host that looks after itself, each with the one check that must turn red."""

from __future__ import annotations

from tests.fleet.damages import Damage

CONFIG = "/etc/pyinfra-ollama/monitoring.json"
JOURNALD = "/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf"
LOGROTATE = "/etc/logrotate.d/pyinfra-ollama-monitor"

DAMAGES = (
    Damage(
        "timer stopped",
        "monitor",
        "timer is inactive",
        "systemctl stop ollama-monitor.timer",
        "systemctl start ollama-monitor.timer",
    ),
    Damage(
        "timer disabled",
        "monitor",
        "does not start at boot",
        "systemctl disable ollama-monitor.timer",
        "systemctl enable ollama-monitor.timer",
    ),
    Damage(
        "another threshold",
        "monitor",
        "disk_percent is 99, not 90",
        f'cp {CONFIG} /root/; sed -i \'s/"disk_percent": 90/"disk_percent": 99/\' {CONFIG}',
        f"cp /root/monitoring.json {CONFIG}",
    ),
    Damage(
        "no bounds of the journal",
        "journal",
        "configured are no size",
        f"mv {JOURNALD} /root/journald.conf",
        f"mv /root/journald.conf {JOURNALD}",
    ),
    Damage(
        "a fault for logrotate",
        "log-rotation",
        "logrotate says",
        f"cp {LOGROTATE} /root/rotate; echo '    nonsense' >>{LOGROTATE}",
        f"cp /root/rotate {LOGROTATE}",
    ),
    Damage(
        "logrotate stopped",
        "log-rotation",
        "logrotate.timer is inactive",
        "systemctl stop logrotate.timer",
        "systemctl start logrotate.timer",
    ),
)
