"""One page of metrics, put together of all sources."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .api import Api, families, shown
from .asking import UnansweredError
from .certificate import Certificate
from .gateway import Gateway
from .service import Service
from .settings import Settings
from .tailing import Tail
from .text import Family, render

# Two observers, or a person beside one, cost the host no more than one.
KEEP_SECONDS = 1.0


class Collector:
    """Asks only when it is asked, one at a time; one source that fails does not cost the others."""

    def __init__(self, settings: Settings) -> None:
        self._lock = threading.Lock()
        self._made: tuple[float, bytes] | None = None
        self._sources: dict[str, Callable[[], Iterable[Family]]] = {}
        if settings.server:
            api, service = Api(settings), Service(settings)
            self._sources["server"] = lambda: _of_server(api, service, settings)
        self._tail = Tail(Path(settings.log)) if settings.log else None
        if self._tail:
            tail, gateway = self._tail, Gateway(settings)
            self._sources["gateway"] = lambda: _of_gateway(tail, gateway)
        if settings.tls:
            self._sources["certificate"] = Certificate(settings.tls).families

    def page(self) -> bytes:
        """The metrics of now."""
        with self._lock:
            if self._made is None or time.monotonic() - self._made[0] > KEEP_SECONDS:
                text = render(self._collect()).encode()
                self._made = time.monotonic(), text
            return self._made[1]

    def close(self) -> None:
        """Let the log go."""
        if self._tail:
            self._tail.close()

    def _collect(self) -> list[Family]:
        found: list[Family] = []
        worked = Family(
            "ollama_exporter_source_up", "gauge", "Whether a source of this exporter could be read."
        )
        took = Family("ollama_exporter_source_seconds", "gauge", "How long it took to read it.")
        for name, source in self._sources.items():
            begun = time.monotonic()
            try:
                # One by one: what came before it failed is told.
                for family in source():
                    found.append(family)
                worked.add(1, source=name)
            except Exception as error:
                print(f"{name}: {error!r}", flush=True)
                worked.add(0, source=name)
            took.add(time.monotonic() - begun, source=name)
        cpu = Family(
            "ollama_exporter_cpu_seconds_total", "counter", "Processor time of this exporter."
        )
        cpu.add(time.process_time())
        return [*found, worked, took, cpu]


def _of_server(api: Api, service: Service, settings: Settings) -> Iterator[Family]:
    heard = api.hear()
    yield from families(heard, settings)
    yield from service.families(heard.weights, shown(heard, settings))
    if heard.missing:
        raise UnansweredError("; ".join(heard.missing))


def _of_gateway(tail: Tail, gateway: Gateway) -> list[Family]:
    gateway.take(tail.lines())
    return list(gateway.families(tail.readable))
