"""Parse what scripts/snapshot-backup.sh says.

Outside behaviour relied on (systemd 252): `systemctl show` of several units prints a block for
each, in their order and with its Id first, also for units that are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyinfra_ollama.snapshot.lines import pairs


@dataclass(frozen=True)
class BackupState:
    """Which repository was made sure of, and the timers.

    `repository`: the hashes of its address and of what it is reached by, None before; `timers`:
    those that run and start at boot; `started`: the hash of the timers' files that they were
    started with; `shares_disk`: a repository on disk lies where the models do.
    """

    repository: str | None
    timers: frozenset[str]
    started: str | None
    shares_disk: bool = False


def backup_state(sections: Mapping[str, list[str]]) -> BackupState:
    """The backup's part of the answer."""
    lines = sections["backup"]
    values = pairs(lines)
    timers, unit = set(), dict[str, str]()
    for line in lines:
        key, _, value = line.partition("=")
        if key == "Id":
            unit = {}
        unit[key] = value
        if unit.get("ActiveState") == "active" and unit.get("UnitFileState") == "enabled":
            timers.add(unit["Id"].removesuffix(".timer"))
    return BackupState(
        repository=values.get("Repository") or None,
        timers=frozenset(timers),
        started=values.get("Started") or None,
        shares_disk=bool(values.get("Place")) and values["Place"] == values.get("Models"),
    )
