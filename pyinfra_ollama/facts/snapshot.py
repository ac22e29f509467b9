"""The snapshot fact and how long an answer is kept.

An answer is kept per host until anything was done there, by whatever operation or code of the run
(`engine.touches`), until the question or what it is asked with (`_sudo`, `_su_user`, ...) is
another, or until it is older than `KEEP_SECONDS` (a person may sit at the confirmation prompt for
long). So a converged host is asked once a run. PYINFRA_OLLAMA_GATHER=off in the environment has
every operation ask for itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from pyinfra import context
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import DeployError, FactProcessError
from pyinfra.api.facts import FactBase
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.commands import together
from pyinfra_ollama.snapshot import Question, Snapshot, SnapshotError, parse

GATHER = "PYINFRA_OLLAMA_GATHER"
KEEP_SECONDS = 60.0


class HostSnapshot(FactBase[Snapshot | None]):
    """
    Returns a `Snapshot`, or `None` when the host could not be asked.

    + question: what to ask, see `question_for`
    """

    def command(self, question: Question) -> StringCommand:
        return together(question.scripts, *question.arguments())

    def process(self, output: Iterable[str]) -> Snapshot | None:
        try:
            return parse(output)
        except SnapshotError as error:
            raise FactProcessError(str(error)) from error


@dataclass(frozen=True)
class _Kept:
    question: Question
    arguments: Mapping[str, Any]
    touches: int | None
    asked: float
    answer: Snapshot


_kept: WeakKeyDictionary[Host, _Kept] = WeakKeyDictionary()


def look(question: Question) -> Snapshot:
    """The state of the current host, asked anew when what is kept may be stale.

    DeployError when the host does not answer (pyinfra has then already said why), or when its
    sudo asks for a password that nobody gave.
    """
    host = _host()
    arguments = engine.asking_arguments(host)
    kept = _kept.get(host) if _gathers() else None
    if kept is not None and _serves(host, kept, question, arguments):
        return kept.answer
    answer = _ask(host, question)
    _kept[host] = _Kept(question, arguments, engine.touches(host), time.monotonic(), answer)
    return answer


def looked_at() -> int:
    """When the current host was looked at, in seconds of its own clock; 0 when it was not."""
    kept = _kept.get(_host())
    return kept.answer.now if kept is not None else 0


def _serves(host: Host, kept: _Kept, question: Question, arguments: Mapping[str, Any]) -> bool:
    touches = engine.touches(host)
    return (
        touches is not None
        and kept.question.covers(question)
        and (kept.arguments, kept.touches) == (arguments, touches)
        and time.monotonic() - kept.asked < KEEP_SECONDS
    )


def _gathers() -> bool:
    value = os.environ.get(GATHER, "on")
    if value not in ("on", "off"):
        raise DeployError(f"{GATHER} is {value!r} in the environment; it is on (or not set) or off")
    return value == "on"


def _ask(host: Host, question: Question) -> Snapshot:
    try:
        answer = host.get_fact(HostSnapshot, question=question)
    except EOFError as error:
        # pyinfra asked for the password, where nobody can type one.
        raise DeployError(
            f"{host.name}: sudo asks for a password; set _sudo_password in the host's data"
        ) from error
    if answer is None:
        raise DeployError(f"{host.name}: the host did not answer what it was asked")
    return answer


def _host() -> Host:
    """The current host itself: `context.host` stands for whichever is current, and so is no key."""
    host: Host = context.ctx_host.get()  # type: ignore[no-untyped-call]
    return host
