"""The snapshot fact and how long an answer is kept.

An answer is kept per host until a command of this package ran there, until an operation
that is not of this package ran there, or until it is older than `KEEP_SECONDS` (a person
may sit at the confirmation prompt for long). So a converged host is asked once a run.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from pyinfra import context
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import DeployError, FactProcessError
from pyinfra.api.facts import FactBase
from pyinfra.api.host import Host

from pyinfra_ollama.commands import quiet
from pyinfra_ollama.snapshot import Question, Snapshot, SnapshotError, parse

KEEP_SECONDS = 60.0


class HostSnapshot(FactBase[Snapshot | None]):
    """
    Returns a `Snapshot`, or `None` when the host could not be asked.

    + question: what to ask, see `question_for`
    """

    def command(self, question: Question) -> StringCommand:
        return quiet("snapshot", *question.arguments())

    def process(self, output: Iterable[str]) -> Snapshot | None:
        try:
            return parse(output)
        except SnapshotError as error:
            raise FactProcessError(str(error)) from error


@dataclass
class _Kept:
    question: Question
    answer: Snapshot
    asked: float
    finished: int
    own: int = 0


_kept: WeakKeyDictionary[Host, _Kept] = WeakKeyDictionary()


def look(question: Question) -> Snapshot:
    """The state of the current host, asked anew when what is kept may be stale.

    DeployError when the host does not answer (pyinfra has then already said why), or when its
    sudo asks for a password that nobody gave.
    """
    host = _host()
    kept = _kept.get(host)
    if kept is not None and kept.question == question and _fresh(host, kept):
        return kept.answer
    try:
        answer = host.get_fact(HostSnapshot, question=question)
    except EOFError as error:
        # pyinfra asked for the password, where nobody can type one.
        raise DeployError(
            f"{host.name}: sudo asks for a password; set _sudo_password in the host's data"
        ) from error
    if answer is None:
        raise DeployError(f"{host.name}: the host did not answer what it was asked")
    _kept[host] = _Kept(question, answer, time.monotonic(), _finished(host))
    return answer


def looked_at() -> int:
    """When the current host was looked at, in seconds of its own clock; 0 when it was not."""
    kept = _kept.get(_host())
    return kept.answer.now if kept is not None else 0


def forget() -> None:
    """Drop what is kept of the current host, because it is being changed."""
    if context.state.is_executing:
        _kept.pop(_host(), None)


def count_own() -> None:
    """Say that an operation of this package ended, so that it is not taken for another's."""
    kept = _kept.get(_host())
    if kept is not None:
        kept.own += 1


def _host() -> Host:
    """The current host itself: `context.host` stands for whichever is current, and so is no key."""
    host: Host = context.ctx_host.get()  # type: ignore[no-untyped-call]
    return host


def _fresh(host: Host, kept: _Kept) -> bool:
    foreign = _finished(host) - kept.finished > kept.own
    return not foreign and time.monotonic() - kept.asked < KEEP_SECONDS


def _finished(host: Host) -> int:
    return context.state.get_results_for_host(host).ops
