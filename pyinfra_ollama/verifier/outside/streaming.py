"""Whether an answer streams: its pieces come as the model writes them, not all at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from pyinfra_ollama.settings import Verify
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, skipped, unknown, warned
from pyinfra_ollama.verifier.outside.callers import Caller, able
from pyinfra_ollama.verifier.outside.door import Door, DoorError
from pyinfra_ollama.verifier.results import Result

__all__ = ["CHECK", "Stream", "judge", "streaming"]

CHECK = "outside-streaming"
PROMPT = "Count from one to twenty, in words."
LEAST_PIECES = 4
# Of the time that the server counts for writing; one that is held back takes none of it.
LEAST_SPREAD = 0.3
_TRIES = 3
_NS = 1e9


@dataclass(frozen=True)
class Stream:
    """One generation: how many pieces came, from the first to the last in seconds.

    `writing`: the seconds that the server itself counts for writing them; 0 for none.
    """

    pieces: int
    spread: float
    writing: float

    @property
    def streams(self) -> bool | None:
        """None when it was too short to tell."""
        if self.pieces < LEAST_PIECES or not self.writing:
            # Held back and sent as one piece it is short as well, but took its time.
            return False if self.pieces == 1 and self.writing else None
        return self.spread >= self.writing * LEAST_SPREAD

    def __str__(self) -> str:
        return (
            f"{self.pieces} pieces within {self.spread * 1000:.0f} ms, written by the server in "
            f"{self.writing * 1000:.0f} ms"
        )


class _OtherModelError(Exception):
    """The model writes no text."""


def streaming(
    door: Door,
    everyone: tuple[Caller, ...],
    models: Sequence[str],
    verify: Verify,
    slot: Callable[[], AbstractContextManager[object]],
    red: Iterable[str],
) -> Result:
    """Have a declared model write through the gateway, and look when its words come."""
    look = 'curl -N .../api/generate -d \'{"model": ..., "prompt": ...}\'   (from here)'
    for model in models:
        caller = able(everyone, "inference", model)
        if caller is None:
            continue
        seen: list[Stream] = []
        try:
            with slot():
                for _ in range(_TRIES):
                    seen.append(_written(door, caller, model, verify))
                    if seen[-1].streams:
                        break
        except _OtherModelError:
            continue
        except DoorError as error:
            also = listed(red, "")
            if also:
                return warned(CHECK, expected="a stream", found=f"{error} (red in {also})")
            return failed(CHECK, expected="a stream", found=f"{model}: {error}", look=look)
        return judge(model, seen, look, red)
    return skipped(CHECK, "no declared model writes text, or no known caller may use one")


def judge(model: str, seen: Sequence[Stream], look: str, red: Iterable[str]) -> Result:
    """Good when one try streamed: a machine that is held up delays, it never spreads."""
    expected = "pieces come as the server writes them"
    for one in seen:
        if one.streams:
            return passed(
                CHECK,
                f"{model}: {one}",
                expected=expected,
                pieces=one.pieces,
                spread_seconds=round(one.spread, 3),
                writing_seconds=round(one.writing, 3),
            )
    found = f"{model}: {seen[-1]}"
    if all(one.streams is None for one in seen):
        return unknown(CHECK, f"{found}: too short to tell")
    also = listed(red, "")
    if also:
        return warned(CHECK, expected=expected, found=f"{found} (red in {also})")
    return failed(CHECK, expected=expected, found=f"{found}: held back on the way", look=look)


def _written(door: Door, caller: Caller, model: str, verify: Verify) -> Stream:
    tokens = max(verify.max_tokens, 16)
    body = {
        "model": model,
        "prompt": PROMPT,
        "stream": True,
        "options": {"num_predict": tokens, "temperature": 0},
    }
    times: list[float] = []
    seconds = float(verify.load_timeout_seconds)
    text = json.dumps(body).encode()
    with door.asking("POST", "/api/generate", caller, body=text, seconds=seconds) as response:
        if response.status_code != 200:
            said = response.text[:200]
            if "does not support generate" in said:
                raise _OtherModelError
            raise DoorError(f"{response.status_code}: {' '.join(said.split())}")
        for moment, chunk in _chunks(response):
            if chunk.get("error"):
                raise DoorError(f"in the stream: {chunk['error']}")
            if chunk.get("response") or chunk.get("thinking"):
                times.append(moment)
            if chunk.get("done"):
                writing = chunk.get("eval_duration", 0) / _NS
                # Lines that came in one piece came at one moment.
                spread = times[-1] - times[0] if times else 0.0
                return Stream(len(set(times)), spread, writing)
    raise DoorError("the stream ended before it was done")


def _chunks(response: Any) -> Iterator[tuple[float, dict[str, Any]]]:
    """Each line of the stream, with the moment at which its last byte came."""
    left = b""
    try:
        for data in response.iter_content(chunk_size=None):
            moment = time.monotonic()
            *lines, left = (left + data).split(b"\n")
            for line in lines:
                if line.strip():
                    yield moment, json.loads(line)
    except DoorError:
        raise
    except (OSError, ValueError) as error:
        raise DoorError(f"the stream broke: {' '.join(str(error).split())[:200]}") from None
