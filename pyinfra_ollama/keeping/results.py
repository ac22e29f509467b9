"""What asking hosts for backups says: a `HostReport` for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pyinfra_ollama.exits import Exit
from pyinfra_ollama.reports import RunReport

__all__ = ["HostReport", "Report", "Snapshot", "Status"]

Status = Literal["good", "failed", "unknown", "skipped"]


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: its short name, when it was made, of which Ollama."""

    name: str
    time: str
    ollama: str


@dataclass(frozen=True)
class HostReport:
    """One host: what it said in words, and for programs.

    `skipped`: nothing is declared there; `unknown`: it did not answer.
    """

    name: str
    status: Status
    said: tuple[str, ...]
    seconds: float
    numbers: Mapping[str, str] = field(default_factory=dict)
    snapshots: tuple[Snapshot, ...] = ()


class Report(RunReport[HostReport]):
    """A whole run."""

    @property
    def exit_code(self) -> Exit:
        """A certain failure first, then what could not be told."""
        statuses = {host.status for host in self.hosts}
        if "failed" in statuses:
            return Exit.FAILED
        return Exit.UNKNOWN if "unknown" in statuses or "good" not in statuses else Exit.GOOD

    @property
    def totals(self) -> Mapping[str, int]:
        counted = Counter(host.status for host in self.hosts)
        statuses: tuple[Status, ...] = ("good", "failed", "unknown", "skipped")
        return {"hosts": len(self.hosts)} | {status: counted[status] for status in statuses}


def document(host: HostReport) -> dict[str, Any]:
    """One host's part of the JSON."""
    return {
        "host": host.name,
        "status": host.status,
        "seconds": host.seconds,
        "said": list(host.said),
        "numbers": dict(host.numbers),
        "snapshots": [
            {"name": one.name, "time": one.time, "ollama": one.ollama} for one in host.snapshots
        ],
    }
