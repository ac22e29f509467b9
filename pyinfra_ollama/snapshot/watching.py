"""Parse what scripts/snapshot-watch.sh says.

Outside behaviour relied on (systemd 252): `systemctl show` of several units prints a block of
KEY=VALUE for each, an empty line between; times read `Fri 2026-11-20 17:43:00 UTC` with TZ=UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pyinfra_ollama.snapshot.lines import pairs

# What the script has between blocks, since empty lines are left out of an answer.
BETWEEN = "--"


@dataclass(frozen=True)
class WatchState:
    """The monitor's timer and the one that rotates logs as systemd sees them, and the journal.

    `needs_reload`: a unit file is not as systemd read it. Seconds since the epoch:
    `journald_started`, and `journald_configured`, when the file of its bounds was written.
    """

    timer: str
    enabled: str
    needs_reload: bool
    journald_started: int | None
    journald_configured: int | None
    rotation: str
    rotation_enabled: str


def watch_state(sections: Mapping[str, list[str]]) -> WatchState:
    """The monitoring's part of the answer."""
    lines = sections["watch"]
    units = {block["Id"]: block for block in _blocks(lines) if "Id" in block}
    configured = pairs(lines)["Configured"]
    written = int(configured) if configured else None
    if not units:
        # No systemd, which preflight speaks of.
        return WatchState("unknown", "", False, None, written, "unknown", "")
    timer, rotation = units["ollama-monitor.timer"], units["logrotate.timer"]
    started = units["systemd-journald.service"].get("ExecMainStartTimestamp", "")
    return WatchState(
        timer=timer["ActiveState"],
        enabled=timer.get("UnitFileState", ""),
        needs_reload=any(unit.get("NeedDaemonReload") == "yes" for unit in units.values()),
        journald_started=_seconds(started),
        journald_configured=written,
        rotation=rotation["ActiveState"],
        rotation_enabled=rotation.get("UnitFileState", ""),
    )


def _blocks(lines: list[str]) -> Iterator[dict[str, str]]:
    block: list[str] = []
    for line in [*lines, BETWEEN]:
        if line != BETWEEN:
            block.append(line)
        elif block:
            yield pairs(block)
            block = []


def _seconds(text: str) -> int | None:
    if not text or text == "n/a":
        return None
    return int(datetime.strptime(text, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC).timestamp())
