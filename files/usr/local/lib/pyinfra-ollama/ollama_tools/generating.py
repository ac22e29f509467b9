"""One prompt to one model, streamed and timed.

Relies on Ollama 0.33.0: /api/generate streams one JSON object a line; the last has `done` and
durations in nanoseconds; an error inside a stream comes with status 200.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ollama_tools.config import Service

__all__ = ["FailedError", "Timed", "generate", "unload"]

_NS = 1e9


class FailedError(Exception):
    """The model did not answer; the text is the server's own where it gave one."""


@dataclass(frozen=True)
class Timed:
    """One answer. `first_token_seconds` is what a client waits, loading included."""

    load_seconds: float
    first_token_seconds: float
    total_seconds: float
    prompt_tokens: int
    prompt_tokens_per_second: float
    tokens: int
    tokens_per_second: float


def generate(
    server: Service,
    model: str,
    prompt: str,
    *,
    tokens: int,
    seconds: float,
    on_text: Callable[[str], None],
) -> Timed:
    """Ask, and call `on_text` with each piece. Raises `FailedError`."""
    body = {
        "model": model,
        "prompt": prompt,
        "stream": True,
        # Words of its own at the very beginning: what a server has read before it does not read
        # again, and would count as read at once.
        "system": f"You are a helpful assistant. Now is {time.time_ns()}.",
        "options": {"num_predict": tokens, "seed": 1, "temperature": 0},
    }
    start, first = time.monotonic(), 0.0
    connection = http.client.HTTPConnection(server.host, server.port, timeout=seconds)
    try:
        for chunk in _chunks(connection, body):
            piece = f"{chunk.get('response', '')}{chunk.get('thinking', '')}"
            if piece:
                first = first or time.monotonic() - start
                on_text(piece)
            if chunk.get("done"):
                return _timed(chunk, first, time.monotonic() - start)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FailedError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
    raise FailedError("the answer ended before it was done")


def unload(server: Service, model: str, *, seconds: float) -> None:
    """Have the server let go of a model. Raises `FailedError`."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=seconds)
    try:
        for _ in _chunks(connection, {"model": model, "keep_alive": 0, "stream": False}):
            pass
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FailedError(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def _chunks(connection: http.client.HTTPConnection, body: dict[str, Any]) -> Any:
    text = json.dumps(body).encode()
    connection.request("POST", "/api/generate", text, {"Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != http.client.OK:
        said = response.read(2000).decode("utf-8", "replace")
        raise FailedError(f"status {response.status}: {' '.join(said.split())[:300]}")
    for line in response:
        chunk = json.loads(line)
        if "error" in chunk:
            raise FailedError(str(chunk["error"]))
        yield chunk


def _timed(last: dict[str, Any], first: float, total: float) -> Timed:
    def rate(count: str, duration: str) -> float:
        seconds = last.get(duration, 0) / _NS
        return round(last.get(count, 0) / seconds, 2) if seconds else 0.0

    return Timed(
        load_seconds=round(last.get("load_duration", 0) / _NS, 3),
        first_token_seconds=round(first, 3),
        total_seconds=round(total, 3),
        prompt_tokens=int(last.get("prompt_eval_count", 0)),
        prompt_tokens_per_second=rate("prompt_eval_count", "prompt_eval_duration"),
        tokens=int(last.get("eval_count", 0)),
        tokens_per_second=rate("eval_count", "eval_duration"),
    )
