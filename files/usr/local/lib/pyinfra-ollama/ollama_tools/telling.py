"""Telling somebody: which trouble is news, and how it gets out.

Trouble is told of when it is new, again when it lasts for `repeat_seconds`, and once when it is
over. What comes and goes is not told of more often than that either. All news of a run is one
message. A message that did not get out is sent again by the next run.
"""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ollama_tools.config import Notify
from ollama_tools.state import Memory

__all__ = ["News", "news", "remember", "send"]

SEND_SECONDS = 20


@dataclass(frozen=True)
class News:
    """What is to be told: trouble by name with its words, and names of what is over."""

    trouble: Mapping[str, str]
    over: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.trouble or self.over)


def news(now: float, found: Mapping[str, str], memory: Memory, repeat_seconds: float) -> News:
    """What is new in the trouble that was found."""
    due = {
        name: text
        for name, text in found.items()
        if name not in memory.told or now - memory.told[name] >= repeat_seconds
    }
    return News(due, tuple(name for name in memory.open if name not in found))


def remember(now: float, told: News, memory: Memory, repeat_seconds: float) -> None:
    """Note that a message got out."""
    memory.told.update(dict.fromkeys(told.trouble, now))
    memory.open = [name for name in memory.open if name not in told.over]
    memory.open += [name for name in told.trouble if name not in memory.open]
    # What is long over and long told needs no memory.
    memory.told = {
        name: at
        for name, at in memory.told.items()
        if name in memory.open or now - at < repeat_seconds
    }


def message(told: News, done: Sequence[str]) -> dict[str, object]:
    """What gets out, as JSON; `text` is for programs that take one text."""
    host = socket.gethostname()
    lines = [*told.trouble.values(), *(f"{name} is good again" for name in told.over), *done]
    return {
        "schema": 1,
        "host": host,
        "status": "problem" if told.trouble else "recovered",
        "problems": dict(told.trouble),
        "recovered": list(told.over),
        "actions": list(done),
        "text": f"{host}: " + "; ".join(lines),
    }


def send(notify: Notify, told: News, done: Sequence[str]) -> list[str]:
    """Run the command and post to the webhook; what went wrong, without the address."""
    body = json.dumps(message(told, done)).encode()
    failures = []
    if notify.command:
        failures += _run(notify.command, body)
    if notify.webhook is not None:
        failures += _post(notify, body)
    return failures


def _run(command: Sequence[str], body: bytes) -> list[str]:
    try:
        run = subprocess.run(
            command, input=body, capture_output=True, timeout=SEND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"{command[0]}: {error}"]
    if run.returncode == 0:
        return []
    said = " ".join(run.stderr.decode("utf-8", "replace").split())[:200]
    return [f"{command[0]} ended with {run.returncode}: {said}"]


def _post(notify: Notify, body: bytes) -> list[str]:
    try:
        url = notify.webhook.read_text(encoding="utf-8").strip() if notify.webhook else ""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        with urllib.request.urlopen(request, timeout=SEND_SECONDS):
            return []
    except urllib.error.HTTPError as error:
        return [f"the webhook answered with status {error.code}"]
    except (OSError, ValueError) as error:
        # Errors about an address have it in their words; what kind it was is enough.
        reason = getattr(error, "reason", None)
        strerror = getattr(reason, "strerror", None) or getattr(error, "strerror", None)
        return [f"the webhook was not reached: {strerror or type(error).__name__}"]
