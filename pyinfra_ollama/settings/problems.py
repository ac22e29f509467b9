"""What is wrong with a declaration, in the words of the person who has to correct it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from .base import UNNAMED, Setting
from .owners import is_secret, is_tag, owner_of
from .secrets import Secret

_HIDDEN = "a hidden value"
_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One refusal: where, what was seen, what is accepted, what to do next."""

    hosts: tuple[str, ...]
    path: str
    seen: str
    accepted: str
    remedy: str

    @property
    def host(self) -> str:
        """The hosts that have this problem, in one phrase."""
        return ", ".join(self.hosts)

    def __str__(self) -> str:
        """Return the problem as one line."""
        return (
            f"{self.host}: {self.path}: seen {self.seen}; accepted: {self.accepted}; "
            f"next: {self.remedy}"
        )


class SettingsError(Exception):
    """All problems of all hosts' settings at once; found before anything was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems; equal ones of several hosts become one that names them all."""
        folded: dict[tuple[str, str, str, str], list[str]] = {}
        for problem in problems:
            what = (problem.path, problem.seen, problem.accepted, problem.remedy)
            folded.setdefault(what, []).extend(problem.hosts)
        self.problems = tuple(
            Problem(
                hosts=tuple(dict.fromkeys(hosts)),
                path=path,
                seen=seen,
                accepted=accepted,
                remedy=remedy,
            )
            for (path, seen, accepted, remedy), hosts in folded.items()
        )
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return a heading and one line per problem."""
        count = len(self.problems)
        heading = f"{count} problem{'' if count == 1 else 's'} in the settings; nothing was changed"
        return "\n".join([f"{heading}:", *(f"  {problem}" for problem in self.problems)])


def problems_of(
    error: ValidationError, *, host: str, variable: str, model: type[Setting]
) -> list[Problem]:
    """Return what pydantic found in one variable of one host's data."""
    return [
        _problem(details, host=host, variable=variable, model=model)
        for details in error.errors(include_url=False)
    ]


def _problem(details: ErrorDetails, *, host: str, variable: str, model: type[Setting]) -> Problem:
    location = [part for part in details["loc"] if part != "[key]"]
    context: Mapping[str, Any] = details.get("ctx", {})
    kind = details["type"]
    path = _path(variable, [part for part in location if not is_tag(part)])
    seen = _seen(details["input"])
    if is_secret(model, location):
        seen = _HIDDEN
    if kind == "refused":
        seen = context["seen"] or seen
        accepted, remedy = context["accepted"], context["remedy"]
    elif kind == "extra_forbidden":
        owner = owner_of(model, location[:-1])
        # The value is not shown: under a mistyped name it may be a secret.
        seen = "a field of an unknown name" if location[-1] != UNNAMED else "a value without a name"
        accepted, remedy = _unknown(owner, str(location[-1]))
    elif kind == "missing":
        seen, accepted = "nothing", "a value: the field has no default"
        remedy = f"write {location[-1]}=... in {owner_of(model, location[:-1]).__name__}(...)"
    elif kind in ("model_type", "model_attributes_type"):
        accepted, remedy = _declaration(owner_of(model, location), details["input"])
    else:
        accepted, remedy = _standard(kind, context, details["msg"])
    return Problem(hosts=(host,), path=path, seen=seen, accepted=accepted, remedy=remedy)


def _unknown(owner: type[Setting], name: str) -> tuple[str, str]:
    fields = list(owner.model_fields)
    accepted = f"a field of {owner.__name__} (docs/settings.md lists them)"
    if name in owner.moved:
        return accepted, f"write {owner.moved[name]}"
    if name == UNNAMED:
        return (
            accepted,
            f"write each value with its field's name, as in {owner.__name__}(name=value)",
        )
    near = difflib.get_close_matches(name.lower(), fields, n=1, cutoff=0.6)
    if near:
        return accepted, f"write {near[0]}=..., if that is what you meant"
    return accepted, "remove it, or correct its name"


_KINDS = {
    "int": ("a whole number", "write it without quotes and without a fraction"),
    "bool": ("True or False", "write True or False without quotes"),
    "string": ("a text in quotes", "write it in quotes"),
    "float": ("a number", "write it without quotes"),
    "finite": ("a number", "write an ordinary number"),
    "sequence": ("a list such as [...]", "put the values into square brackets"),
    "tuple": ("a list such as [...]", "put the values into square brackets"),
    "is": ("a list such as [...]", "put the values into square brackets"),
    "dict": ("a dictionary such as {'NAME': 'value'}", "put the values into braces"),
}


def _standard(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str]:
    limits = {
        "greater_than_equal": "{ge:.12g} or more",
        "greater_than": "more than {gt:.12g}",
        "less_than_equal": "at most {le:.12g}",
        "string_too_short": "at least {min_length} character",
        "string_too_long": "at most {max_length} characters",
        "literal_error": "{expected}",
    }
    if kind in limits:
        return limits[kind].format_map(context), "correct the value"
    return _KINDS.get(kind.partition("_")[0], (message, "correct the value"))


def _declaration(owner: type[Setting], value: object) -> tuple[str, str]:
    given = repr(value) if owner.positional and isinstance(value, str) else "..."
    return f"a declaration {owner.__name__}(...)", f"write {owner.__name__}({given})"


def _path(variable: str, location: list[int | str]) -> str:
    path = variable
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if part.isidentifier() or part == UNNAMED else f"[{part!r}]"
    return path


def _seen(value: object) -> str:
    if isinstance(value, str | int | float | bytes | None):
        try:
            text = repr(value)
        except ValueError:  # Python does not write out integers of thousands of digits
            return "a number of thousands of digits"
        return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}... (cut)"
    if isinstance(value, SecretStr | Secret):
        return repr(value)
    if isinstance(value, BaseModel):
        return f"{type(value).__name__}(...)"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a value of type {type(value).__name__}"
