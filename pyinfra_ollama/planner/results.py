"""What planning a run says: a `HostReport` for each host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pyinfra_ollama.decide.plan import HostPlan
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.reports import RunReport

__all__ = ["HostReport", "Report", "Status", "exit_code", "totals"]

Status = Literal["unchanged", "pending", "refused", "unknown"]


@dataclass(frozen=True)
class HostReport:
    """One host's plan, or why there is none: `unknown` is the reason then."""

    name: str
    plan: HostPlan | None
    seconds: float
    unknown: str | None = None

    @property
    def status(self) -> Status:
        """`refused`: preflight would stop the run there before its first change."""
        if self.plan is None:
            return "unknown"
        if self.plan.refused:
            return "refused"
        return "pending" if self.plan.changes else "unchanged"


class Report(RunReport[HostReport]):
    """The plan of a whole run."""

    @property
    def exit_code(self) -> Exit:
        return exit_code(self.hosts)

    @property
    def totals(self) -> dict[str, int]:
        return totals(self.hosts)


def exit_code(hosts: Iterable[HostReport]) -> Exit:
    """The first that holds: a host would be refused, could not be asked, would change.

    So 0 and 2 say that the plan is whole, and that a run of it would get through preflight.
    """
    statuses = {host.status for host in hosts}
    if "refused" in statuses:
        return Exit.FAILED
    if "unknown" in statuses or not statuses:
        return Exit.UNKNOWN
    return Exit.PENDING if "pending" in statuses else Exit.GOOD


def totals(hosts: Iterable[HostReport]) -> dict[str, int]:
    """How many hosts of each status, and changes in all."""
    everyone = tuple(hosts)
    counted = Counter(host.status for host in everyone)
    statuses: tuple[Status, ...] = ("unchanged", "pending", "refused", "unknown")
    changes = sum(len(host.plan.changes) for host in everyone if host.plan)
    return {"hosts": len(everyone)} | {s: counted[s] for s in statuses} | {"changes": changes}
