"""What checks say: one `Result` each, gathered per host and per run.

A status is `pass`, `fail`, `unknown` (could not tell), `skipped` (not asked, and why) or `warn`
(seen, but no failure of its own: it follows from a red check, or the host cannot do better).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pyinfra_ollama.exits import Exit
from pyinfra_ollama.reports import RunReport

__all__ = ["HostReport", "Report", "Result", "Status", "exit_code", "totals"]

Status = Literal["pass", "fail", "unknown", "skipped", "warn"]
Detail = str | int | float | bool | None


@dataclass(frozen=True)
class Result:
    """One answered check.

    + check: the id in docs/verify.md; `subject` is the model for `generate`
    + expected: what the settings say, empty when nothing is declared
    + found: what the host says; the reason for unknown and skipped
    + next: for a failure, the command to run on the host to look further
    + details: numbers and the model's answer; units are in the names
    """

    check: str
    status: Status
    found: str
    expected: str = ""
    next: str = ""
    subject: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How people name it: `version`, `generate smollm2:135m`."""
        return f"{self.check} {self.subject}".rstrip()


@dataclass(frozen=True)
class HostReport:
    """One host's results in order; `unreachable` is the reason when it said nothing at all."""

    name: str
    results: tuple[Result, ...]
    seconds: float
    unreachable: str | None = None

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.status == "fail")

    @property
    def status(self) -> Status:
        """The worst of it: a failure before an unknown before a pass."""
        statuses = {result.status for result in self.results}
        if "fail" in statuses:
            return "fail"
        if self.unreachable is not None or "unknown" in statuses or "pass" not in statuses:
            return "unknown"
        return "pass"


class Report(RunReport[HostReport]):
    """A whole run of the verifier."""

    @property
    def exit_code(self) -> Exit:
        return exit_code(self.hosts)

    @property
    def totals(self) -> dict[str, int]:
        return totals(self.hosts)


def exit_code(hosts: Iterable[HostReport]) -> Exit:
    """A certain failure comes before what could not be told: it needs a person either way."""
    statuses = {host.status for host in hosts}
    if "fail" in statuses:
        return Exit.FAILED
    return Exit.GOOD if statuses == {"pass"} else Exit.UNKNOWN


def totals(hosts: Iterable[HostReport]) -> dict[str, int]:
    """How many hosts, unreachable hosts, and results of each status."""
    everyone = tuple(hosts)
    counted = Counter(result.status for host in everyone for result in host.results)
    statuses: tuple[Status, ...] = ("pass", "fail", "unknown", "warn", "skipped")
    return {
        "hosts": len(everyone),
        "unreachable": sum(host.unreachable is not None for host in everyone),
    } | {status: counted[status] for status in statuses}
