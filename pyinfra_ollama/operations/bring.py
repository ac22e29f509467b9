"""Models are pulled and created through the server's own API.

The API is asked through the SSH connection, so nothing about a model ever stands in a shell
command. Ollama (0.32.15 and 0.33.0, tried 2026-11) keeps what it has of a broken-off pull
and goes on from there at the next request; errors may come inside a stream with status 200.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import requests
from pyinfra import logger
from pyinfra.api.host import Host

from pyinfra_ollama.commands import script
from pyinfra_ollama.decide.models import ModelWork
from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.operations.pull import Progress
from pyinfra_ollama.transport import CONNECT_SECONDS, session

# The server reports progress every 60 ms while data moves and gives a part up after 30 s
# of silence, retrying; longer silence means that it hangs.
SILENCE_SECONDS = 300.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


class PullError(Exception):
    """One attempt failed; `final` when another one cannot do better."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


def bring(host: Host, base_url: str, models_dir: str, todo: Sequence[ModelWork]) -> bool:
    """Pull and create what is missing; False when any model could not be had."""
    failed = {}
    with session(host, base_url) as api:
        for item in todo:
            try:
                if item.pull:
                    _pull(host, api, base_url, models_dir, item)
                if item.create:
                    _create(host, api, base_url, item)
            except (PullError, requests.RequestException) as error:
                failed[item.model.name] = str(error)
                host.log_styled(
                    f"model {item.model.name}: {error}", log_func=logger.error, fg="red"
                )
    if failed:
        text = f"{len(failed)} of {len(todo)} models could not be had: {', '.join(failed)}"
        host.log_styled(f"{text}; run again to go on", log_func=logger.error, fg="red")
    return not failed


def _pull(
    host: Host, api: requests.Session, base_url: str, models_dir: str, item: ModelWork
) -> None:
    model, name = item.model, item.model.pulled.listed
    pause, deadline = FIRST_PAUSE_SECONDS, time.monotonic() + model.pull_timeout_seconds
    body = {"model": name, "stream": True, "insecure": model.insecure}
    for attempt in range(1, model.pull_attempts + 1):
        try:
            _stream(api, f"{base_url}/api/pull", body, Progress(host, name), deadline)
            break
        except (PullError, requests.RequestException) as error:
            final = isinstance(error, PullError) and error.final
            if final or attempt == model.pull_attempts or time.monotonic() > deadline:
                raise
            if "EOF" in str(error):
                _clear_marks(host, models_dir)
            host.log(f"pull {name}: {error}; attempt {attempt + 1} in {pause:g} s")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    if model.digest:
        _check_digest(api, base_url, model.pulled.listed, model.digest)


def _clear_marks(host: Host, models_dir: str) -> None:
    with suppress(HostError):
        ran = run_script(host, script("marks"), models_dir, timeout_seconds=60)
        if ran.stdout:
            host.log(f"what came of {len(ran.stdout)} files was left damaged; they start anew")


def _create(host: Host, api: requests.Session, base_url: str, item: ModelWork) -> None:
    model = item.model
    name, source = model.canonical, model.pulled.listed
    body: dict[str, Any] = {"model": name, "from": source, "stream": True}
    if model.options:
        body["parameters"] = model.options.parameters()
    deadline = time.monotonic() + model.pull_timeout_seconds
    _stream(api, f"{base_url}/api/create", body, Progress(host, name), deadline)


def _stream(
    api: requests.Session, url: str, body: dict[str, Any], progress: Progress, deadline: float
) -> None:
    timeout = (CONNECT_SECONDS, SILENCE_SECONDS)
    with api.post(url, json=body, stream=True, timeout=timeout) as answer:
        last = ""
        for line in answer.iter_lines():
            event = _event(line)
            if "error" in event or answer.status_code != 200:
                raise _error(str(event.get("error", f"status {answer.status_code}")))
            last = str(event.get("status", ""))
            progress.show(event)
            if time.monotonic() > deadline:
                raise PullError("took longer than pull_timeout_seconds allows", final=True)
        if last != "success":
            raise PullError(f"the server's answer ended early (last: {last or 'nothing'})")
    progress.done()


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        return {"error": f"the server answered {line[:80]!r}"}
    return event if isinstance(event, dict) else {"error": f"the server answered {line[:80]!r}"}


# What another attempt cannot mend, and what a person can do about it.
HOPELESS = (
    (
        ("file does not exist", "manifest unknown", "not found", "invalid model name"),
        "is the name spelled as its registry spells it?",
    ),
    (("unauthorized", "denied"), "the registry wants credentials, which Ollama has none of"),
    (("gave HTTP response to HTTPS client",), "set insecure=True when the registry is yours"),
    (("certificate",), "the host does not trust the registry's certificate"),
    (("no space left",), "free disk or move models_dir; what came so far is kept"),
    (("newer version of Ollama",), "declare a newer Ollama(version=...)"),
)


def _error(reason: str) -> PullError:
    """What the server said, and whether asking again can help."""
    for words, remedy in HOPELESS:
        if any(word.lower() in reason.lower() for word in words):
            return PullError(f"{reason}; {remedy}", final=True)
    return PullError(reason)


def _check_digest(api: requests.Session, base_url: str, listed: str, pinned: str) -> None:
    answer = api.get(f"{base_url}/api/tags", timeout=(CONNECT_SECONDS, 30.0))
    digests = {row["name"].casefold(): row["digest"] for row in answer.json()["models"]}
    found = digests.get(listed.casefold())
    if found != pinned:
        raise PullError(
            f"its digest is {found}, but {pinned} is pinned: the tag has moved, or the pin is "
            "of another model",
            final=True,
        )
