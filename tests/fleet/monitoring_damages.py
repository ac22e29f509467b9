"""Ways to damage a host that looks after itself, each with the one check that must turn red."""

from __future__ import annotations

from itertools import zip_longest

from tests.fleet.damages import Damage

CONFIG = "/etc/pyinfra-ollama/monitoring.json"
TIMER = "/etc/systemd/system/ollama-monitor.timer"
JOURNALD = "/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf"
ROTATION = "/etc/logrotate.d/pyinfra-ollama-monitor"
OF_GATEWAY = "/etc/logrotate.d/pyinfra-ollama-gateway"
LOG = "/var/log/ollama-monitor.log"
DROP_IN = "/run/systemd/system/ollama-monitor.service.d"


def edited(path: str, edit: str) -> tuple[str, str]:
    """What changes a file by sed, and what puts it back as it was, its time too."""
    kept = f"/root/{path.rpartition('/')[2]}.kept"
    return f"cp -p {path} {kept}; sed -i {edit} {path}", f"mv {kept} {path}"


def reloaded(do: str, undo: str) -> tuple[str, str]:
    return f"{do}; systemctl daemon-reload", f"{undo}; systemctl daemon-reload"


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
        "another interval",
        "monitor",
        "it runs every 7200 s",
        *reloaded(*edited(TIMER, "s/OnUnitActiveSec=.*/OnUnitActiveSec=7200/")),
    ),
    Damage(
        "another threshold",
        "monitor",
        "disk_percent is 99, not 90",
        *edited(CONFIG, '\'s/"disk_percent": 90/"disk_percent": 99/\''),
    ),
    Damage(
        "a damaged configuration",
        "monitor",
        "its configuration is missing or damaged",
        *edited(CONFIG, "1d"),
    ),
    Damage(
        "a run that fails",
        "monitor",
        "its last run ended with exit-code",
        f"mkdir -p {DROP_IN}; printf '[Service]\\nExecStartPre=false\\n' >{DROP_IN}/x.conf; "
        "systemctl daemon-reload; systemctl start ollama-monitor; true",
        f"rm -r {DROP_IN}; systemctl daemon-reload; systemctl start ollama-monitor",
    ),
    Damage(
        "no bounds of the journal",
        "journal",
        "configured are no size",
        f"mv {JOURNALD} /root/journald.conf",
        f"mv /root/journald.conf {JOURNALD}",
    ),
    Damage(
        "others' bounds of the journal",
        "journal",
        "configured are 4G",
        f"printf '[Journal]\\nSystemMaxUse=4G\\n' >{JOURNALD.replace('60-py', '99-py')}",
        f"rm {JOURNALD.replace('60-py', '99-py')}",
    ),
    Damage(
        "bounds that journald has not read",
        "journal",
        "journald has not read its bounds",
        f"cp -p {JOURNALD} /root/journald.conf; touch {JOURNALD}",
        f"mv /root/journald.conf {JOURNALD}",
    ),
    Damage(
        "a journal beyond its bounds",
        "journal",
        "in use",
        "fallocate -l 200M /var/log/journal/x",
        "rm /var/log/journal/x",
    ),
    Damage(
        "a fault for logrotate",
        "log-rotation",
        "logrotate says",
        *edited(ROTATION, "'$a nonsense {'"),
    ),
    Damage(
        "a log that is not rotated",
        "log-rotation",
        f"{LOG} is not rotated",
        f"mv {ROTATION} /root/rotation",
        f"mv /root/rotation {ROTATION}",
    ),
    Damage(
        "a log that is too large",
        "log-rotation",
        f"{LOG} has 3.0 MiB",
        f"cp -p {LOG} /root/log; fallocate -l 3M {LOG}",
        f"mv /root/log {LOG}",
    ),
    Damage(
        "logrotate stopped",
        "log-rotation",
        "logrotate.timer is inactive",
        "systemctl stop logrotate.timer",
        "systemctl start logrotate.timer",
    ),
    Damage(
        "logrotate disabled",
        "log-rotation",
        "logrotate.timer does not start at boot",
        "systemctl disable logrotate.timer",
        "systemctl enable logrotate.timer",
    ),
)

_BY_CHECK = [
    [damage for damage in DAMAGES if damage.check == check]
    for check in ("monitor", "journal", "log-rotation")
]
# One of each check at a time: none of them is seen by another's check.
AT_ONCE = [[one for one in row if one is not None] for row in zip_longest(*_BY_CHECK)]
