"""Planning for one host, or for all hosts of an inventory at once, within a deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.planner.asking import ask_and_foretell
from pyinfra_ollama.planner.results import HostReport, Report
from pyinfra_ollama.reports import attempt, survey
from pyinfra_ollama.settings import Declared

__all__ = ["plan_fleet", "plan_host"]


def plan_host(
    host: Host, declared: Declared, *, templates: Path, timeout_seconds: float | None = None
) -> HostReport:
    """Foretell what a run would change on one host, connecting it first when it is not connected.

    + templates: the folder of the templates that the run would use
    + timeout_seconds: after it, the host is unknown; None has no bound of its own

    Raises nothing that a host can cause: what could not be told is in the report.
    """
    done = attempt(
        host,
        lambda: ask_and_foretell(host, declared, templates),
        seconds_left=timeout_seconds,
        late="the deadline passed",
    )
    return HostReport(host.name, done.found, done.seconds, done.reason or None)


def plan_fleet(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    templates: Path,
    timeout_seconds: float | None = None,
    on_host: Callable[[HostReport], None] | None = None,
) -> Report:
    """Plan for all hosts in parallel and disconnect them; reports are in the inventory's order.

    + timeout_seconds: for the whole run
    + on_host: called with each host's report when it is complete
    """

    def one(host: Host, seconds_left: float | None) -> HostReport:
        declared = settings[host.name]
        return plan_host(host, declared, templates=templates, timeout_seconds=seconds_left)

    return survey(Report, fleet, one, timeout_seconds=timeout_seconds, on_host=on_host)
