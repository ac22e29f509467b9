"""All checks of one host, role by role: what is red in one explains what is seen in the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from gevent.lock import BoundedSemaphore  # type: ignore[import-untyped]
from pyinfra.api.host import Host

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.verifier import backups, gateways, monitoring
from pyinfra_ollama.verifier import firewall as filtering
from pyinfra_ollama.verifier.checks import firewall as of_firewall
from pyinfra_ollama.verifier.examine import examine
from pyinfra_ollama.verifier.examine import planned as server_planned
from pyinfra_ollama.verifier.outside.way import Way
from pyinfra_ollama.verifier.results import Result

__all__ = ["everything", "planned"]

# One per declared bound, shared by all hosts of this process that declare it.
_load_slots: dict[int, BoundedSemaphore] = {}


def planned(declared: Declared, *, clients: bool) -> tuple[tuple[str, str], ...]:
    """Check and subject of every result `everything` gives, in its order."""
    server = server_planned(declared.server) if declared.server else ()
    firewall = (("firewall", ""),) if declared.firewall else ()
    gateway = gateways.planned(clients=clients) if declared.gateway else ()
    names = ("exporters", "exporter-ports", *(("outside-metrics",) if clients else ()))
    metrics = tuple((name, "") for name in names) if declared.metrics else ()
    observer = (("observer", ""), ("targets", "")) if declared.observer else ()
    watched = monitoring.planned() if declared.monitoring else ()
    backup = backups.planned() if declared.backup else ()
    return (*firewall, *server, *gateway, *watched, *metrics, *observer, *backup)


def everything(
    host: Host, declared: Declared, *, generate: bool, way: Way | None, clients: bool
) -> Iterator[Result]:
    """Ask a connected host about each role it has, giving each result as soon as it is there.

    + way: how it is looked at from outside; None looks from inside only
    + clients: whether its gateway is asked that way as clients would ask it

    Raises `HostError` when the host stops answering.
    """
    slot = partial(_load_slot, declared.verify.parallel_loads)
    red: list[str] = []
    if declared.firewall is not None:
        result = of_firewall.firewall(declared, declared.firewall, filtering.ask(host))
        red += [result.check] if result.status == "fail" else []
        yield result
    if declared.server is not None:
        yield from examine(
            host, declared, declared.server, way=way, generate=generate, load_slot=slot, red=red
        )
    door = way if clients else None
    yield from gateways.examine(
        host, declared, way=door, generate=generate, slot=slot, red=tuple(red)
    )
    yield from monitoring.examine(host, declared)
    yield from _observing(host, declared, door, red)
    if declared.backup is not None:
        yield from backups.examine(host, declared.backup)


def _observing(host: Host, declared: Declared, way: Way | None, red: list[str]) -> Iterator[Result]:
    if declared.metrics is None and declared.observer is None:
        return
    # Takes its time to import, and most hosts have none of it.
    from pyinfra_ollama.verifier import metrics
    from pyinfra_ollama.verifier.checks import metrics as of_metrics
    from pyinfra_ollama.verifier.outside import metrics as outside

    seen = metrics.ask(host, declared)
    if declared.metrics:
        inside = (
            of_metrics.exporters(declared, seen),
            of_metrics.ports(declared.metrics, seen),
        )
        yield from inside
        if way is not None:
            failed = [*red, *(result.check for result in inside if result.status == "fail")]
            reached = outside.look(host, declared.metrics, way)
            yield of_metrics.outside(declared.metrics, reached, failed)
    if declared.observer:
        yield of_metrics.observer(declared.observer, seen)
        yield of_metrics.targets(declared.observer, seen)


def _load_slot(bound: int | None) -> AbstractContextManager[object]:
    if bound is None:
        return nullcontext()
    slot: AbstractContextManager[object]
    slot = _load_slots.setdefault(bound, BoundedSemaphore(bound))
    return slot
