"""What a host says about its lock (scripts/lock.sh), in words for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pyinfra_ollama.settings import ago

STATES = ("taken", "mine", "held", "busy", "free")


@dataclass(frozen=True)
class Answer:
    """The state after asking: "taken", "mine", "held" by another run, "busy" with what one left.

    `notice`: what a person should know who waits for it or takes it; `refusal`: why it cannot be
    had; `late`: another run changed the host since it was last looked at.
    """

    state: str
    notice: str | None = None
    refusal: str | None = None
    late: bool = False


class AnswerError(ValueError):
    """The host's answer is not what the script prints."""


def parse(lines: Iterable[str]) -> Answer:
    """Read the script's output. Raises `AnswerError`."""
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    if said.get("state") not in STATES:
        raise AnswerError(f"it says {said or 'nothing'}")
    try:
        return Answer(said["state"], _notice(said), _refusal(said), "late" in said)
    except (ValueError, KeyError, OverflowError, OSError) as error:
        raise AnswerError(f"its record cannot be read: {error!r}") from error


def _notice(said: Mapping[str, str]) -> str | None:
    if said["state"] == "busy":
        return f"a run that is gone left a command at work, process {said['left']}: {_other(said)}"
    if "over" not in said:
        return None
    how = "fell silent, so its connection was ended" if "silent" in said else "broke off"
    return f"took over the lock of a run that {how}: {_other(said)}"


def _refusal(said: Mapping[str, str]) -> str | None:
    if said["state"] == "held":
        return (
            f"another run is changing this host: {_other(said)}; nothing was changed here. Run "
            "again when it has ended; if it hangs, end its connection on the host: kill "
            f"{said['holder']}"
        )
    if said["state"] == "busy":
        return f"{_notice(said)}; nothing was changed here. Run again when it has ended"
    return None


def _other(said: Mapping[str, str]) -> str:
    since, now = int(said["since"]), int(said["now"])
    who = "".join(letter for letter in said["who"] if letter.isprintable())
    when = datetime.fromtimestamp(since, UTC)
    return f"{who}, since {when:%Y-%m-%d %H:%M:%S} UTC, {ago(now - since)}"
