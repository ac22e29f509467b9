"""Judges a Grafana object by the types that Grafana itself is made from.

Relied on (grafana-foundation-sdk for Grafana 11.6, tried 2026-11): its `from_json` drops fields
that a type does not have and keeps values whatever they are, so both are looked at here. What it
leaves as it came (lists of some types) is read by the type that it is declared to have. It has
defaults for fields that are missing, so these are not seen.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from enum import Enum

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units

register_default_plugins()
UNITS = {value for name, value in vars(units).items() if name[0].isupper()}


def faults(kind: typing.Any, data: typing.Any, at: str = "") -> Iterator[str]:
    """What the type does not know of the data, and which values it does not take."""
    made = kind.from_json(data)
    yield from _lost(data, json.loads(json.dumps(made, cls=JSONEncoder)), at)
    yield from _misfits(made, at)


def _lost(given: typing.Any, kept: typing.Any, at: str) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key in kept:
                yield from _lost(value, kept[key], f"{at}.{key}")
            else:
                yield f"{at}.{key}: there is no such field"
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for number, pair in enumerate(zip(given, kept, strict=True)):
            yield from _lost(*pair, f"{at}[{number}]")
    elif given != kept:
        yield f"{at}: {given!r} became {kept!r}"


def _misfits(value: typing.Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _misfits(each, f"{at}[{number}]")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _misfits(each, f"{at}.{key}")
    elif hasattr(value, "from_json") and not isinstance(value, Enum):
        for name, hint in typing.get_type_hints(type(value)).items():
            each = getattr(value, name)
            if not _fits(each, hint):
                yield f"{at}.{name}: {each!r} is no {hint}"
            yield from _misfits(each, f"{at}.{name}")


def _fits(value: typing.Any, hint: typing.Any) -> bool:
    """Whether a value is of a declared type, bool being no int."""
    arguments = typing.get_args(hint)
    match typing.get_origin(hint):
        case typing.Union | types.UnionType:
            return any(_fits(value, each) for each in arguments)
        case typing.Literal:
            return value in arguments
        case origin if origin is list:
            return isinstance(value, list) and all(_fits(each, arguments[0]) for each in value)
        case origin if origin is dict:
            return isinstance(value, dict) and all(
                _fits(each, arguments[1]) for each in value.values()
            )
    if hint in (object, typing.Any):
        return True
    if issubclass(hint, Enum):
        return value in [member.value for member in hint]
    if hint is float:
        return type(value) in (int, float)
    if hint in (int, bool):
        return type(value) is hint
    if isinstance(value, dict) and hasattr(hint, "from_json"):
        return not list(faults(hint, value))
    return isinstance(value, hint)
