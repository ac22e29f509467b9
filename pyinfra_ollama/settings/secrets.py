"""Secrets by where they are kept, so that neither group data nor a setting ever holds one.

Declaring fetches nothing and never fails: pyinfra executes the group data of every inventory in
the folder. `load` fetches what the hosts in use need, each source once per process, and reports
all that is missing at once. What was fetched stays in this module: settings, their copies,
pickles and all that is printed of them only know the source.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    GetCoreSchemaHandler,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from .base import LOADING, refusal
from .fetched import SecretError
from .secret_file import File
from .sources import Command, Nowhere, Source, Variable, keep

_fetched: dict[Source, str | SecretError] = {}


class Secret:
    """A secret known by its source; its text, representation and JSON show only that."""

    __slots__ = ("_source",)

    def __init__(self, *literals: object) -> None:
        """Take no value: a literal would be a secret in the repository, so it is forgotten."""
        self._source: Source = Nowhere()

    @classmethod
    def env(cls, name: str) -> Secret:
        """Take it from a variable of the process that runs pyinfra.

        + name: the variable's name, such as ``OLLAMA_HTTPS_PROXY``
        """
        return cls._of(Variable(name))

    @classmethod
    def file(cls, path: str | os.PathLike[str]) -> Secret:
        """Take it from a file on the machine that runs pyinfra.

        + path: begins with ``/`` or ``~/``; outside the repository, mode 0600 or tighter
        """
        return cls._of(File(path))

    @classmethod
    def command(cls, *argv: str, timeout_seconds: float = 30) -> Secret:
        """Take what a command prints on the machine that runs pyinfra; no shell is between.

        + argv: the command's words, such as ``"pass", "show", "ollama/proxy"``
        + timeout_seconds: how long it may take, a person's unlocking included; our choice
        """
        return cls._of(Command(argv, timeout_seconds))

    @classmethod
    def value(cls, text: str) -> Secret:
        """Take a value that code of yours fetched; never write one into a file.

        + text: the secret
        """
        return cls._of(keep(text))

    @classmethod
    def _of(cls, source: Source) -> Secret:
        secret = cls()
        secret._source = source
        return secret

    def get_secret_value(self) -> str:
        """Return the secret without a line break at its end. Raises `SecretError`."""
        found = _fetch(self._source)
        if isinstance(found, SecretError):
            raise found
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._source == self._source

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return str(self._source)

    def to_json(self) -> str:
        """Return what pyinfra's JSON output and ``debug-inventory`` show."""
        return repr(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.to_string_ser_schema(when_used="json")
        return core_schema.is_instance_schema(cls, serialization=shown)


@cache
def _lock() -> threading.Lock:
    # Made late: pyinfra's gevent replaces the class when it is imported after this module.
    return threading.Lock()


def _fetch(source: Source) -> str | SecretError:
    """Return what the source holds, or why it cannot be had; asked once per process."""
    try:
        hash(source)
    except TypeError:  # a list where a word belongs: refused before anything is asked
        return _asked(source)
    with _lock():
        if source not in _fetched:
            _fetched[source] = _asked(source)
        return _fetched[source]


def _asked(source: Source) -> str | SecretError:
    try:
        return source.fetch().removesuffix("\n").removesuffix("\r")
    except SecretError as error:
        return error


def forget() -> None:
    """Have every source asked anew: a new run begins in this process."""
    _fetched.clear()


def one_line(secret: Secret) -> str:
    """Return a secret that must be one line of printable text. Raises `SecretError`."""
    text = secret.get_secret_value()
    if text.isprintable():
        return text
    raise SecretError(
        seen=f"a line break or another control character in what {secret} gives",
        accepted="one line of printable text",
        remedy="correct it where it is kept",
    )


def known(secret: Secret | None, info: ValidationInfo) -> str | None:
    """Return a field's secret for its checks, or None while it is only being declared."""
    if secret is None or info.context != LOADING:
        return None
    try:
        return one_line(secret)
    except SecretError as error:
        raise refusal(seen=error.seen, accepted=error.accepted, remedy=error.remedy) from None


def _declared(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, SecretStr):
        value = Secret.value(value.get_secret_value())
    elif isinstance(value, str | bytes):
        value = Secret(value)
    if not isinstance(value, Secret):
        raise refusal(
            accepted="Secret.env('NAME'), Secret.file('/path') or Secret.command('pass', 'NAME')",
            remedy="write where the secret is kept",
            seen=f"a value of type {type(value).__name__}",
        )
    known(value, info)
    return value


SecretValue = Annotated[Secret, BeforeValidator(_declared), WithJsonSchema({"type": "secret"})]
"""A field that holds a secret: a `Secret`, or pydantic's SecretStr from somebody's own code."""
