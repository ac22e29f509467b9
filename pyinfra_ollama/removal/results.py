"""What uninstalling says: a `HostReport` for each host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pyinfra_ollama.decide.removal.plan import Plan
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.reports import RunReport

__all__ = ["HostReport", "Report", "Status"]

Status = Literal["nothing", "pending", "removed", "failed", "unknown"]


@dataclass(frozen=True)
class HostReport:
    """One host: its plan, or why there is none, and what was said while it was carried out."""

    name: str
    status: Status
    plan: Plan | None
    said: tuple[str, ...]
    seconds: float


class Report(RunReport[HostReport]):
    """A whole run."""

    @property
    def exit_code(self) -> Exit:
        """A failure first, then what could not be told, then what is still there."""
        statuses = {host.status for host in self.hosts}
        for status, code in (
            ("failed", Exit.FAILED),
            ("unknown", Exit.UNKNOWN),
            ("pending", Exit.PENDING),
        ):
            if status in statuses:
                return code
        return Exit.GOOD

    @property
    def totals(self) -> Mapping[str, int]:
        counted = Counter(host.status for host in self.hosts)
        statuses: tuple[Status, ...] = ("nothing", "pending", "removed", "failed", "unknown")
        return {"hosts": len(self.hosts)} | {status: counted[status] for status in statuses}
