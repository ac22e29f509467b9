"""Asking a host about its backup: `backup.sh` run by root, and its answer; `None` is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.settings import Backup
from pyinfra_ollama.verifier.checks import backup as checks
from pyinfra_ollama.verifier.reading import sections
from pyinfra_ollama.verifier.results import Result

__all__ = ["Seen", "ask", "examine", "planned", "read"]

ASK_SECONDS = 30

T = TypeVar("T")
CHECKS = ("backup", "backup-secrets", "backup-check", "backup-rehearsal")


@dataclass(frozen=True)
class Seen:
    """The whole answer.

    `now`, `made`: seconds since the epoch, by the host's clock; `made` is 0 when nobody made sure
    of a repository. `timers`: task to whether its timer runs and starts at boot. `kept`: task to
    how it last went, empty when it never did; None for what could not be read. `due`: task to
    when its timer had to begin it since, 0 when never. `private`: path to mode and owner.
    """

    problems: Mapping[str, str]
    now: int | None
    made: int | None
    timers: Mapping[str, bool] | None
    kept: Mapping[str, Mapping[str, str] | None]
    due: Mapping[str, int] | None
    private: Mapping[str, str] | None

    def why(self, *names: str) -> str:
        """Why one of these parts could not be told."""
        reasons = [f"{name}: {self.problems[name]}" for name in names if name in self.problems]
        return "; ".join(reasons) or "the host did not say"


def planned() -> tuple[tuple[str, str], ...]:
    """Check and subject of every result `examine` gives, in its order."""
    return tuple((check, "") for check in CHECKS)


def examine(host: Host, declared: Backup) -> Iterator[Result]:
    """Ask a connected host. Raises `HostError` when it gives no answer at all."""
    seen = ask(host, declared)
    yield checks.backup(declared, seen)
    yield checks.secrets(seen)
    yield checks.looked_through(declared, seen)
    yield checks.rehearsed(declared, seen)


def ask(host: Host, declared: Backup) -> Seen:
    """Run the script. Raises `HostError` when the host gives no answer at all."""
    when = (declared.check_at, declared.rehearse_at)
    output = run_script(host, _script(), *when, timeout_seconds=ASK_SECONDS)
    if not output.stdout:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise HostError(f"the backup was not asked about; the host said: {said[:300]}")
    return read(output.stdout)


@cache
def _script() -> str:
    return files(__package__).joinpath("backup.sh").read_text(encoding="utf-8")


def read(lines: Sequence[str]) -> Seen:
    """Read the script's output; a cut, failed or damaged section is unknown."""
    whole, problems = sections(lines)

    def part(name: str, parser: Callable[[list[str]], T]) -> T | None:
        if name not in whole:
            problems.setdefault(name, "no answer")
            return None
        try:
            return parser(whole[name])
        except (ValueError, IndexError) as error:
            problems[name] = f"unreadable answer ({error})"
            return None

    return Seen(
        problems=problems,
        now=part("now", lambda body: int(body[0])),
        made=part("made", lambda body: int(body[0]) if body else 0),
        timers=part("timers", lambda body: dict(map(_timer, body))),
        kept={name: part(name, _state) for name in ("run", "check", "rehearse")},
        due=part("due", lambda body: dict(map(_due, body))),
        private=part("private", lambda body: dict(map(_private, body))),
    )


def _timer(line: str) -> tuple[str, bool]:
    name, *said = line.split()
    return name, said == ["active", "enabled"]


def _due(line: str) -> tuple[str, int]:
    name, when = line.split()
    return name, int(when)


def _state(body: list[str]) -> dict[str, str]:
    values = dict(line.split("=", 1) for line in body)
    if body:
        int(values.get("finished", ""))
        int(values.get("good") or 0)
    return values


def _private(line: str) -> tuple[str, str]:
    mode, owner, path = line.split(" ", 2)
    return path, f"{mode} {owner}"
