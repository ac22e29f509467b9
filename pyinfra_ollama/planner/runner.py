"""Planning for one host, or for all hosts of an inventory at once, within a deadline."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import gevent  # type: ignore[import-untyped]
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.planner.asking import ask_and_foretell
from pyinfra_ollama.planner.results import HostReport, Report
from pyinfra_ollama.reports import survey
from pyinfra_ollama.settings import Declared

__all__ = ["plan_fleet", "plan_host"]

_log = logging.getLogger(__name__)


def plan_host(
    host: Host, declared: Declared, *, templates: Path, timeout_seconds: float | None = None
) -> HostReport:
    """Foretell what a run would change on one host, connecting it first when it is not connected.

    + templates: the folder of the templates that the run would use
    + timeout_seconds: after it, the host is unknown; None has no bound of its own

    Raises nothing that a host can cause: what could not be told is in the report.
    """
    start = time.monotonic()
    plan, reason = None, "the deadline passed"
    with gevent.Timeout(timeout_seconds, False):
        try:
            engine.connect(host)
            plan, reason = ask_and_foretell(host, declared, templates), ""
        except engine.HostError as error:
            reason = str(error)
        except Exception as error:
            _log.debug("planning for %s failed", host.name, exc_info=True)
            reason = f"a fault in pyinfra-ollama, please report it: {error!r}"
    seconds = round(time.monotonic() - start, 3)
    return HostReport(host.name, plan, seconds, reason or None)


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
