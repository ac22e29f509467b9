"""What the monitor does about a service: start it, restart it, or leave it alone, and why.

A service that is down is started, unless a person stopped it, it is not enabled, systemd gave up
on it, or it is being started or stopped just now. One that accepts connections and does not answer
three times, or that runs without listening anywhere, is restarted. Both at most `MOST_REPAIRS`
times an hour.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ollama_tools import units
from ollama_tools.checks import Seen, look
from ollama_tools.state import Memory, boottime

__all__ = ["Deed", "decide", "mend", "settle"]

LOOKS = 3
PAUSE_SECONDS = 5.0
MOST_REPAIRS = 3
HOUR = 3600.0
# A stop takes up to TimeoutStopSec of the unit (30 s), a start what is declared.
STOP_SECONDS = 60.0

# try-restart leaves alone what a person stopped in this very moment.
Verb = Literal["start", "try-restart"]
_PAST: dict[Verb, str] = {"start": "started", "try-restart": "restarted"}


@dataclass(frozen=True)
class Deed:
    """What was done to a unit, and whether it then answered.

    `done`: False where it was left alone, and the text says why.
    """

    unit: str
    verb: Verb
    good: bool
    text: str
    done: bool = True


def settle(seen: Seen, *, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Seen:
    """Look again while a service might only be slow, starting or stopping; the last look counts.

    One that starts has its declared time for that, one that systemd stops or starts again as long
    as a stop takes: somebody restarting it is no trouble.
    """
    begun, looks = boottime(), 1
    while True:
        verdict, passed = seen.unit.verdict, boottime() - begun
        if verdict == "between":
            again = passed < STOP_SECONDS
        elif seen.answer is None or seen.answers:
            again = False
        elif verdict == "starting":
            again = passed < STOP_SECONDS + seen.service.start_seconds
        else:
            again = looks < LOOKS
        if not again:
            return seen
        sleep(PAUSE_SECONDS)
        seen, looks = look(seen.service, seconds=seconds), looks + 1


def decide(seen: Seen) -> tuple[Verb, str] | None:
    """What would help, and why; None where nothing is to be done."""
    verdict, answer = seen.unit.verdict, seen.answer
    if verdict == "down":
        return "start", f"it is {seen.unit.text}"
    if verdict != "running" or answer is None:
        return None
    if answer.kind == "silent":
        return "try-restart", f"it runs, but there is {answer.text}"
    if answer.kind == "refused":
        return "try-restart", f"it runs, but {answer.text}"
    return None


def mend(
    seen: Seen,
    memory: Memory,
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Deed | None:
    """Do what helps, and see whether it did. None where nothing was to be done."""
    unit, now = seen.service.unit, boottime()
    if seen.answers:
        memory.failures.pop(unit, None)
    wanted = decide(seen)
    if wanted is None:
        return None
    verb, why = wanted
    recent = [at for at in memory.repairs.get(unit, []) if now - at < HOUR]
    barrier = ""
    if memory.failures.get(unit, 0) >= MOST_REPAIRS:
        barrier = f"{MOST_REPAIRS} repairs that did not help"
    elif len(recent) >= MOST_REPAIRS:
        barrier = f"{len(recent)} repairs within an hour"
    if barrier:
        text = f"{unit}: {why}; left alone after {barrier}"
        return Deed(unit, verb, good=False, text=text, done=False)
    memory.repairs[unit] = [*recent, now]
    deed = _done(seen, verb, why, seconds=seconds, sleep=sleep)
    if deed.good:
        memory.failures.pop(unit, None)
    else:
        memory.failures[unit] = memory.failures.get(unit, 0) + 1
    return deed


def _done(
    seen: Seen, verb: Verb, why: str, *, seconds: float, sleep: Callable[[float], None]
) -> Deed:
    unit = seen.service.unit
    bound = STOP_SECONDS + seen.service.start_seconds
    if verb == "try-restart":
        # It has been stopped when systemd finds that it was started too often.
        units.change("reset-failed", unit, seconds=STOP_SECONDS)
    failure = units.change(verb, unit, seconds=bound)
    if failure:
        return Deed(unit, verb, good=False, text=f"{unit}: {why}; {verb} failed: {failure}")
    deadline = boottime() + seen.service.start_seconds
    while True:
        again = look(seen.service, seconds=seconds)
        if again.answers:
            return Deed(unit, verb, good=True, text=f"{unit}: {why}; {_PAST[verb]}, and it answers")
        if boottime() >= deadline:
            text = f"{unit}: {why}; {_PAST[verb]}, and it does not answer"
            return Deed(unit, verb, good=False, text=text)
        sleep(1.0)
