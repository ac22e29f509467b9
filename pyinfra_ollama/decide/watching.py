"""The host's own tools, their configuration, the monitor's timer and the bounds of logs.

systemd.unit(5): `systemd-analyze verify` wants the program of a unit to be there, so the tools
come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile, changed
from pyinfra_ollama.decide.tools_settings import answer_seconds, configuration, starts
from pyinfra_ollama.render import plain, render
from pyinfra_ollama.settings import Declared, Monitoring, Secret, duration_seconds
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.watching import WatchState

# What the monitor may take besides waiting for services to stop, to start and to answer.
SPARE_SECONDS = 120
STOP_SECONDS = 60
_UNASKED = WatchState("unknown", "", False, None, None, "unknown", "")

# The tools and their configuration are tried where they lie; logrotate judges by its dry run.
JUDGE_TOOLS = (
    'library="$stage/usr/local/lib/pyinfra-ollama" && '
    "for tool in benchmark health monitor; do "
    'python3 -IB "$stage/usr/local/bin/ollama-$tool" --help >/dev/null || exit 1; done && '
    "python3 -IB -c 'import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); "
    "from ollama_tools.config import load; load(Path(sys.argv[2]))' "
    f'"$library" "$stage{layout.monitoring.MONITORING_CONFIG}" && '
    f'said=$(logrotate -d "$stage{layout.monitoring.MONITOR_LOGROTATE}" 2>&1) && '
    '! printf "%s\\n" "$said" | grep -i "^error"'
)
JUDGE_UNITS = (
    'said=$(SYSTEMD_UNIT_PATH="$stage/etc/systemd/system:" systemd-analyze verify --man=no '
    '"$stage/etc/systemd/system/ollama-monitor.service" '
    f'"$stage/etc/systemd/system/{layout.monitoring.MONITOR_TIMER}" 2>&1) && '
    '! printf "%s" "$said" | grep -E "$stage.*(ignor|nknown)" '
    '|| { printf "%s\\n" "$said"; exit 1; }'
)


def tool_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """The tools, what they are told, who is told, and the bounds of logs."""
    monitoring = _monitoring(declared)
    tools = tuple(
        ManagedFile(
            path,
            plain(templates, path),
            mode="755" if "/bin/" in path else "644",
            program=True,
        )
        for path in layout.monitoring.TOOLS
    )
    webhook = monitoring.notify.webhook if monitoring.notify else None
    return (
        *tools,
        ManagedFile(layout.monitoring.MONITORING_CONFIG, configuration(declared, monitoring)),
        ManagedFile(layout.monitoring.WEBHOOK, _line(webhook), mode="600", secret=True),
        *(
            ManagedFile(path, render(templates, f"{path[1:]}.j2", monitoring=monitoring))
            for path in (layout.monitoring.MONITOR_LOGROTATE, layout.monitoring.JOURNALD_FILE)
        ),
    )


def unit_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """The monitor's units, and how often logs are rotated."""
    monitoring = _monitoring(declared)
    # Somebody else's restart is waited for; then comes the monitor's own, and an answer.
    waits = sum(
        3 * answer_seconds(monitoring) + 2 * STOP_SECONDS + 3 * s for _, s in starts(declared)
    )
    values = {
        "interval_seconds": round(duration_seconds(monitoring.interval)),
        "bound_seconds": round(SPARE_SECONDS + waits),
    }
    return tuple(
        ManagedFile(path, render(templates, f"{path[1:]}.j2", **values))
        for path in layout.monitoring.MONITOR_UNITS
    )


@dataclass(frozen=True)
class Need:
    """`reasons` in words; `journald`: whether it has to be restarted.

    `rotation`: whether logrotate's timer has to be started or enabled.
    """

    reasons: tuple[str, ...]
    journald: bool
    rotation: bool


def need(declared: Declared, snapshot: Snapshot, templates: Path) -> Need:
    """Compare what systemd says with what is declared.

    What the operations before this one are about to do is foretold.
    """
    found = snapshot.watch or _UNASKED
    reasons = []
    if found.timer != "active":
        reasons.append(f"the monitor's timer is {found.timer}")
    if found.enabled != "enabled":
        reasons.append("the monitor's timer is not enabled")
    rotation = list(_rotation(found, snapshot))
    reasons += rotation
    if found.needs_reload and not changed(unit_files(declared, templates), snapshot.files):
        reasons.append("systemd has not read the units as they are on disk")
    bounds = [
        f for f in tool_files(declared, templates) if f.path == layout.monitoring.JOURNALD_FILE
    ]
    journald = bool(changed(bounds, snapshot.files)) or _is_older(found)
    if journald:
        reasons.append("journald runs without the declared bounds")
    return Need(tuple(reasons), journald, bool(rotation))


def _rotation(found: WatchState, snapshot: Snapshot) -> Iterator[str]:
    # The package, where it is about to come, enables and starts its timer itself.
    if "logrotate" not in snapshot.packages.installed:
        return
    if found.rotation != "active":
        yield f"logrotate.timer is {found.rotation}"
    if found.rotation_enabled != "enabled":
        yield "logrotate.timer is not enabled"


def _is_older(found: WatchState) -> bool:
    """Whether journald may have started before its file was written: seconds are all that tell."""
    started, written = found.journald_started, found.journald_configured
    return started is None or written is None or started <= written


def _line(secret: Secret | None) -> str | None:
    return f"{secret.get_secret_value().strip()}\n" if secret else None


def _monitoring(declared: Declared) -> Monitoring:
    if declared.monitoring is None:
        raise ValueError(f"no monitoring is declared for {declared.name}")
    return declared.monitoring
