"""Progress of pulls, a line every few seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pyinfra.api.host import Host

from pyinfra_ollama.settings.units import human_size

EVERY_SECONDS = 5.0


class Progress:
    """Tells a person how far one model is; quiet about what takes no time."""

    def __init__(self, host: Host, name: str) -> None:
        self._host = host
        self._name = name
        self._started = time.monotonic()
        self._said = self._started
        self._sizes: dict[str, int] = {}

    def show(self, event: Mapping[str, Any]) -> None:
        """Take one event of the server's stream; say something when it is time to."""
        digest, total = event.get("digest"), event.get("total")
        if digest and isinstance(total, int):
            self._sizes[str(digest)] = total
        now = time.monotonic()
        if now - self._said < EVERY_SECONDS:
            return
        self._said = now
        done, status = event.get("completed"), event.get("status", "")
        if isinstance(done, int) and isinstance(total, int) and total:
            text = f"{human_size(done)} of {human_size(total)} ({100 * done // total} %)"
        else:
            text = str(status)
        self._host.log(f"{self._name}: {text}, {now - self._started:.0f} s")

    def done(self) -> None:
        """Say that the model is there."""
        size = sum(self._sizes.values())
        of = f", {human_size(size)}" if size else ""
        self._host.log(f"{self._name}: ready{of}, {time.monotonic() - self._started:.1f} s")
