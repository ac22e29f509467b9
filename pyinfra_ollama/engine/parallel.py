"""Work on all hosts of a fleet at once, within a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from gevent.pool import Pool  # type: ignore[import-untyped]
from pyinfra.api.host import Host

from pyinfra_ollama.engine.connection import disconnect
from pyinfra_ollama.engine.inventory import Fleet

__all__ = ["each"]

T = TypeVar("T")


def each(
    fleet: Fleet, work: Callable[[Host, float | None], T], *, timeout_seconds: float | None
) -> Iterator[tuple[str, T]]:
    """Yield each host's name with what `work(host, seconds_left)` returned, as hosts are done.

    As many hosts at a time as pyinfra would take; each is disconnected when its work is done.
    """
    end = None if timeout_seconds is None else time.monotonic() + timeout_seconds

    def one(host: Host) -> tuple[str, T]:
        left = None if end is None else max(end - time.monotonic(), 0.001)
        try:
            return host.name, work(host, left)
        finally:
            disconnect(host)

    pool = Pool(min(fleet.state.config.PARALLEL, len(fleet.hosts)))
    try:
        yield from pool.imap_unordered(one, fleet.hosts)
    finally:
        pool.kill(timeout=5)
