"""What the server says of itself: /api/version, /api/tags and /api/ps.

Relied on (Ollama 0.33.0, 2026-11): all three are answered beside requests in progress; /api/show
of a model names its weights in a line `FROM FILE` of the modelfile.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .asking import UnansweredError, ask_json
from .settings import Settings
from .text import Family

# For all questions together: a scrape may take 5 s, with runners and the certificate's handshake.
SECONDS = 2.0
# More models than this have no samples of their own, unless they are declared.
MOST = 200
_FRACTION = re.compile(r"\.\d+")


@dataclass
class Heard:
    """What was told; None is unknown, and `missing` says what a server that answers did not tell.

    `models`: name to size; `loaded`: the rows of /api/ps; `weights`: file to loaded model.
    """

    version: str | None = None
    seconds: float = 0.0
    models: dict[str, int] | None = None
    loaded: list[dict[str, Any]] | None = None
    weights: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


class Api:
    """Asks the server, and remembers which file holds the weights of a model it has seen."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._files: dict[str, str] = {}
        self._deadline = 0.0

    def hear(self) -> Heard:
        """All of it, or what could be had."""
        heard = Heard()
        begun = time.monotonic()
        self._deadline = begun + SECONDS
        try:
            heard.version = str(self._ask("/api/version").get("version", ""))
        except UnansweredError:
            # A server that is not up, which shows.
            return heard
        heard.seconds = time.monotonic() - begun
        with _noting(heard):
            heard.models = {row["name"]: int(row["size"]) for row in self._rows("/api/tags")}
        with _noting(heard):
            heard.loaded = self._rows("/api/ps")
        for row in heard.loaded or ():
            with _noting(heard):
                heard.weights[self._weights(row)] = row["name"]
        # A model without such a file has no runner that it could be told by.
        heard.weights.pop("", None)
        return heard

    def _ask(self, path: str, body: object = None) -> dict[str, Any]:
        address, port = self._settings.server or ("", 0)
        left = max(0.1, self._deadline - time.monotonic())
        return ask_json(address, port, path, seconds=left, body=body)

    def _rows(self, path: str) -> list[dict[str, Any]]:
        rows = self._ask(path).get("models") or []
        return sorted(rows, key=lambda row: str(row["name"]))

    def _weights(self, row: dict[str, Any]) -> str:
        digest = str(row["digest"])
        if digest not in self._files:
            shown = str(self._ask("/api/show", {"model": row["name"]}).get("modelfile", ""))
            lines = (line.split(None, 1) for line in shown.splitlines())
            paths = (line[1].strip() for line in lines if len(line) == 2 and line[0] == "FROM")
            if len(self._files) >= MOST:
                self._files.clear()
            self._files[digest] = next(paths, "")
        return self._files[digest]


@contextmanager
def _noting(heard: Heard) -> Iterator[None]:
    """Have what goes wrong cost one part of it, and be known."""
    try:
        yield
    except (UnansweredError, KeyError, TypeError, ValueError) as error:
        heard.missing.append(repr(error))


def shown(heard: Heard, settings: Settings) -> list[str] | None:
    """Models that have samples of their own: the declared ones, then others up to `MOST`."""
    if heard.models is None:
        return None
    declared = [name for name in settings.models if name in heard.models]
    others = sorted(set(heard.models) - set(declared))
    return sorted([*declared, *others[: max(0, MOST - len(declared))]])


def families(heard: Heard, settings: Settings) -> list[Family]:
    """What was heard, for Prometheus."""
    up = Family("ollama_up", "gauge", "Whether the server answers /api/version.")
    took = Family("ollama_api_seconds", "gauge", "How long /api/version took.")
    version = Family("ollama_version_info", "gauge", "The version that answers.")
    declared = Family("ollama_declared_version_info", "gauge", "The version that is declared.")
    present = Family("ollama_declared_model_present", "gauge", "Whether a declared model is there.")
    count = Family("ollama_models", "gauge", "Models on the host.")
    size = Family("ollama_model_size_bytes", "gauge", "Size of a model on disk.")
    up.add(float(heard.version is not None))
    if settings.version:
        declared.add(1, version=settings.version)
    if heard.version is not None:
        took.add(heard.seconds)
        version.add(1, version=heard.version)
    if heard.models is not None:
        count.add(len(heard.models))
        for name in settings.models:
            present.add(float(name in heard.models), model=name)
        for name in shown(heard, settings) or ():
            size.add(heard.models[name], model=name)
    return [up, took, version, declared, present, count, size, *_loaded(heard)]


def _loaded(heard: Heard) -> list[Family]:
    count = Family("ollama_models_loaded", "gauge", "Models in memory.")
    memory = Family("ollama_loaded_model_memory_bytes", "gauge", "Memory of a loaded model.")
    gpu = Family("ollama_loaded_model_gpu_memory_bytes", "gauge", "Part of it that is on GPUs.")
    context = Family("ollama_loaded_model_context_tokens", "gauge", "Its context length.")
    expires = Family(
        "ollama_loaded_model_expires_timestamp_seconds", "gauge", "When it leaves the memory."
    )
    if heard.loaded is not None:
        count.add(len(heard.loaded))
    for row in (heard.loaded or [])[:MOST]:
        for family, key in ((memory, "size"), (gpu, "size_vram"), (context, "context_length")):
            if isinstance(row.get(key), int):
                family.add(row[key], model=row["name"])
        moment = timestamp(str(row.get("expires_at", "")))
        if moment is not None:
            expires.add(moment, model=row["name"])
    return [count, memory, gpu, context, expires]


def timestamp(text: str) -> float | None:
    """Seconds since 1970 of a time as Go writes it, whose nine decimals Python 3.10 refuses."""
    try:
        return datetime.fromisoformat(_FRACTION.sub("", text).replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None
