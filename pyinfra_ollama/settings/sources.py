"""Where a secret is kept, and how it is fetched from there: a variable, a file, a command.

Whatever a person wrote is kept as it is until it is fetched, so that a wrong declaration is a
message then and no exception before. No message holds what was fetched.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

from .fetched import MISTAKEN, SecretError, as_text
from .secret_file import File

_LONGEST_REASON = 200
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Variable:
    """A variable in the environment of the process that runs pyinfra."""

    name: object

    def __str__(self) -> str:
        named = isinstance(self.name, str) and _NAME.fullmatch(self.name)
        return f"Secret.env({self.name!r})" if named else f"Secret.env({MISTAKEN})"

    def fetch(self) -> str:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise SecretError(
                seen="a text that names no variable",
                accepted="the name of a variable",
                remedy="write Secret.env('NAME'), with the name and not the value",
            )
        value = os.environ.get(self.name)
        if value is None or not value.rstrip("\r\n"):
            found = "no variable" if value is None else "an empty variable"
            raise SecretError(
                seen=f"{found} {self.name} in the environment of the process that runs pyinfra",
                accepted="a variable that holds the secret",
                remedy=f"export {self.name} in the shell or job that starts pyinfra (sudo drops "
                f"variables; sudo --preserve-env={self.name} keeps it)",
            )
        return value


@dataclass(frozen=True)
class Command:
    """A command on the machine that runs pyinfra, which prints the secret; run without a shell."""

    argv: tuple[object, ...]
    timeout_seconds: object

    def __str__(self) -> str:
        return f"Secret.command({', '.join(map(repr, self.argv))})"

    def fetch(self) -> str:
        argv = [item for item in self.argv if isinstance(item, str) and "\0" not in item]
        seconds = self.timeout_seconds
        if not argv or len(argv) != len(self.argv) or not argv[0]:
            raise self._refused(
                f"{self}, which is no command",
                "write each word on its own: Secret.command('pass', 'show', 'ollama/proxy')",
            )
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds <= 0:
            raise self._refused(f"timeout_seconds={seconds!r}", "write a number of seconds")
        try:
            # stdin is pyinfra's own, where it waits for a person's "go on".
            process = Popen(argv, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        except OSError as error:
            raise self._refused(
                f"{argv[0]} cannot be run: {error.strerror}",
                "install it on the machine that runs pyinfra, or correct its name",
            ) from None
        with process:
            try:
                printed, said = process.communicate(timeout=seconds)
            except TimeoutExpired:
                process.kill()
                raise self._refused(
                    f"{self} gave nothing within {seconds:g} s",
                    "run it by hand; unlock what it asks first, or raise timeout_seconds",
                ) from None
        if process.returncode != 0:
            how = f"ended with {process.returncode}"
            if process.returncode < 0:
                how = f"was ended by signal {-process.returncode}"
            raise self._refused(f"{self} {how}: {_first_line(said)}", "run it by hand and mend it")
        return as_text(printed, what=f"the output of {self}")

    def _refused(self, seen: str, remedy: str) -> SecretError:
        return SecretError(seen=seen, accepted="a command that prints the secret", remedy=remedy)


@dataclass(frozen=True)
class Nowhere:
    """What ``Secret("the value")`` comes to: the value is forgotten at once."""

    def __str__(self) -> str:
        return "Secret(...)"

    def fetch(self) -> str:
        raise SecretError(
            seen="a value written into the declaration",
            accepted="Secret.env('NAME'), Secret.file('/path') or Secret.command('pass', 'NAME')",
            remedy="write where it is kept, Secret.env('NAME') instead of os.environ.get('NAME'); "
            "if this value was ever committed, replace it",
        )


@dataclass(frozen=True)
class Given:
    """A value that somebody's own code fetched; it is kept by this process alone."""

    number: int

    def __str__(self) -> str:
        return "Secret.value(...)"

    def fetch(self) -> str:
        try:
            return _given[self.number]
        except KeyError:
            raise SecretError(
                seen="a value that was given to another process",
                accepted="a secret that this process can fetch",
                remedy="write Secret.env(...), Secret.file(...) or Secret.command(...)",
            ) from None


Source = Variable | File | Command | Given | Nowhere

# Apart from the settings, so that no copy, dump or pickle of them holds a secret.
_given: dict[int, str] = {}


def keep(text: str) -> Given:
    """Keep a value for the life of this process."""
    number = len(_given)
    _given[number] = text
    return Given(number)


def _first_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    line = "".join(letter for letter in (lines or ["it said nothing"])[0] if letter.isprintable())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}... (cut)"
