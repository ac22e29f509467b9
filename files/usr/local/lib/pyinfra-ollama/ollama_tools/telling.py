"""Telling somebody: which trouble is news, and how it gets out.

Trouble is told of when it is new, when it gets worse, again when it lasts for `repeat_seconds`,
and once when it is over. What comes and goes is told of at most `MOST_TOLD` times in that time. All
news of a run is one message. Each channel remembers for itself what got out by it; what did not is
sent again by the next run.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ollama_tools.config import Notify
from ollama_tools.state import Told

__all__ = ["News", "Trouble", "channels", "message", "news", "remember"]

SEND_SECONDS = 20
MOST_TOLD = 3
MOST_PENDING = 20


@dataclass(frozen=True)
class Trouble:
    """`level`: the greater the worse."""

    level: int
    text: str


@dataclass(frozen=True)
class News:
    """What is to be told: trouble by name, names of what is over, what was done, what else was.

    Asides are told of as often as trouble, but have no end. `lasts`: whether there is trouble, also
    where it is not told anew.
    """

    trouble: Mapping[str, Trouble]
    over: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    asides: Mapping[str, str] = field(default_factory=dict)
    lasts: bool = field(default=False, compare=False)

    @property
    def nothing(self) -> bool:
        return not (self.trouble or self.over or self.happened)

    @property
    def happened(self) -> list[str]:
        return [*self.deeds, *self.asides.values()]

    @property
    def words(self) -> str:
        """For the log: what it is about."""
        deeds = ["what was done"] if self.deeds else []
        return ", ".join(
            [*self.trouble, *(f"{name} is over" for name in self.over), *deeds, *self.asides]
        )


def news(
    now: float,
    found: Mapping[str, Trouble],
    told: Told,
    repeat: float,
    *,
    deeds: Sequence[str] = (),
    asides: Mapping[str, str] | None = None,
) -> News:
    """What a channel has not told of yet; `repeat` is in seconds."""

    def times(name: str) -> int:
        return sum(now - at < repeat for at in told.times.get(name, []))

    due = {}
    for name, trouble in found.items():
        if name in told.open:
            is_due = trouble.level > told.open[name] or not times(name)
        else:
            is_due = times(name) < MOST_TOLD
        if is_due:
            due[name] = trouble
    over = tuple(name for name in told.open if name not in found)
    few = {name: text for name, text in (asides or {}).items() if times(name) < MOST_TOLD}
    return News(due, over, (*told.pending, *deeds)[-MOST_PENDING:], few, lasts=bool(found))


def remember(now: float, said: News, told: Told, repeat: float) -> None:
    """Note that a message got out."""
    for name in said.over:
        told.open.pop(name, None)
    for name, trouble in said.trouble.items():
        told.open[name] = trouble.level
    for name in (*said.trouble, *said.asides):
        told.times[name] = [*told.times.get(name, []), now]
    told.pending = []
    # What is long over and long told needs no memory.
    kept = {name: [at for at in times if now - at < repeat] for name, times in told.times.items()}
    told.times = {name: times for name, times in kept.items() if times}


def message(said: News) -> dict[str, object]:
    """What gets out, as JSON; `text` is for programs that take one text."""
    host = socket.gethostname()
    problems = {name: trouble.text for name, trouble in said.trouble.items()}
    lines = [*problems.values(), *(f"{name} is good again" for name in said.over), *said.happened]
    return {
        "schema": 1,
        "host": host,
        "status": "problem" if problems or (said.lasts and not said.over) else "recovered",
        "problems": problems,
        "recovered": list(said.over),
        "actions": said.happened,
        # A deed that did not help is trouble as well, in the same words.
        "text": f"{host}: " + "; ".join(dict.fromkeys(lines)),
    }


def channels(notify: Notify) -> dict[str, Callable[[bytes], str]]:
    """Ways to send a message, by name; each gives what went wrong, without the address, or ""."""
    found: dict[str, Callable[[bytes], str]] = {}
    if notify.command:
        found["command"] = lambda body: _run(notify.command, body)
    webhook = notify.webhook
    if webhook is not None:
        found["webhook"] = lambda body: _post(webhook, body)
    return found


def _run(command: Sequence[str], body: bytes) -> str:
    try:
        run = subprocess.run(
            command, input=body, capture_output=True, timeout=SEND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]}: {error}"
    if run.returncode == 0:
        return ""
    said = " ".join(run.stderr.decode("utf-8", "replace").split())[:200]
    return f"{command[0]} ended with {run.returncode}: {said}"


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows nothing: urllib would go there with a GET, without the message (Python 3.11)."""

    def redirect_request(self, *_: object) -> None:
        """Have the status be an error."""


def _post(webhook: Path, body: bytes) -> str:
    try:
        url = webhook.read_text(encoding="utf-8").strip()
        headers = {"Content-Type": "application/json", "User-Agent": "ollama-monitor"}
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        with urllib.request.build_opener(_Stays).open(request, timeout=SEND_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return f"the webhook answered with status {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        # Errors about an address have it in their words; what kind it was is enough.
        reason = getattr(error, "reason", None)
        cause = reason if isinstance(reason, Exception) else error
        kind = getattr(cause, "strerror", None) or type(cause).__name__
        return f"the webhook was not reached: {kind}"
