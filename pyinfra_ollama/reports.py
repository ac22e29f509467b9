"""What whole runs over an inventory have in common, and the reports of them."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

import gevent  # type: ignore[import-untyped]
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.exits import Exit

__all__ = ["Attempt", "HostPart", "RunReport", "attempt", "survey"]

_log = logging.getLogger(__name__)


class HostPart(Protocol):
    """What is reported of one host."""

    @property
    def name(self) -> str: ...


H = TypeVar("H", bound=HostPart)
R = TypeVar("R", bound="RunReport[Any]")
T = TypeVar("T")


@dataclass(frozen=True)
class RunReport(ABC, Generic[H]):
    """All hosts in the inventory's order; `started` is UTC in ISO 8601."""

    inventory: str
    started: str
    seconds: float
    hosts: tuple[H, ...]

    @property
    @abstractmethod
    def exit_code(self) -> Exit:
        """What the command ends with."""

    @property
    @abstractmethod
    def totals(self) -> Mapping[str, int]:
        """How many of each kind."""

    def document(self, schema: int, host: Callable[[H], Mapping[str, Any]]) -> dict[str, Any]:
        """The report for JSON.

        + schema: the version of what `host` writes
        + host: one host's part
        """
        return {
            "schema": schema,
            "inventory": self.inventory,
            "started": self.started,
            "seconds": self.seconds,
            "exit_code": int(self.exit_code),
            "totals": dict(self.totals),
            "hosts": [host(part) for part in self.hosts],
        }


def survey(
    kind: type[R],
    fleet: engine.Fleet,
    work: Callable[[Host, float | None], H],
    *,
    timeout_seconds: float | None,
    on_host: Callable[[H], None] | None,
) -> R:
    """Do `work(host, seconds left)` on all hosts in parallel, disconnect them, and report.

    + on_host: called with each host's part as it comes
    """
    started, start = datetime.now(UTC), time.monotonic()
    parts = {}
    for name, part in engine.each(fleet, work, timeout_seconds=timeout_seconds):
        parts[name] = part
        if on_host is not None:
            on_host(part)
    seconds = round(time.monotonic() - start, 3)
    hosts = tuple(parts[host.name] for host in fleet.hosts)
    return kind(fleet.inventory, started.isoformat(timespec="seconds"), seconds, hosts)


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """What came of the work on one host: `found`, or the `reason` why it cannot be told."""

    found: T | None
    reason: str
    seconds: float


def attempt(
    host: Host, work: Callable[[], T], *, seconds_left: float | None, late: str
) -> Attempt[T]:
    """Connect a host and work on it; raises nothing that a host can cause.

    + seconds_left: after it, the work is given up; None has no bound of its own
    + late: the reason when it was
    """
    start = time.monotonic()
    found, reason = None, late
    with gevent.Timeout(seconds_left, False):
        try:
            engine.connect(host)
            found, reason = work(), ""
        except engine.HostError as error:
            reason = str(error)
        except Exception as error:
            _log.debug("work on %s failed", host.name, exc_info=True)
            reason = f"a fault in pyinfra-ollama, please report it: {error!r}"
    return Attempt(found, reason, round(time.monotonic() - start, 3))
