"""What uninstalling says: a `HostReport` for each host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pyinfra_ollama.decide.removal.steps import Plan
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.reports import RunReport

__all__ = ["HostReport", "Report", "Status", "document"]

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

    def after(self, done: Report) -> Report:
        """With what became of those hosts on which something was done."""
        became = {host.name: host for host in done.hosts}
        hosts = tuple(became.get(host.name, host) for host in self.hosts)
        return Report(self.inventory, self.started, self.seconds + done.seconds, hosts)

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


def document(host: HostReport) -> dict[str, Any]:
    """One host's part of the report for JSON: what goes and what stays, in words."""
    steps = host.plan.steps if host.plan else ()
    return {
        "host": host.name,
        "status": host.status,
        "seconds": host.seconds,
        "goes": [step.text for step in steps if step.text] if host.plan else None,
        "stays": list(host.plan.stays) if host.plan else None,
        "said": list(host.said),
    }
