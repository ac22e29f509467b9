"""Which class of settings a place in a declaration belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .base import Setting


def is_tag(part: int | str) -> bool:
    """Return whether a part of a location is only the choice of one class among several."""
    return str(part).startswith("[")


def owner_of(model: type[Setting], location: Sequence[int | str]) -> type[Setting]:
    """Return the class of the settings that a location leads to."""
    owner, choices = model, [model]
    for part in location:
        if is_tag(part):
            owner = next((choice for choice in choices if part == f"[{choice.__name__}]"), owner)
        elif isinstance(part, str) and part in owner.model_fields:
            choices = list(_settings_in(owner.model_fields[part].annotation))
            owner = next(iter(choices), owner)
    return owner


def _settings_in(annotation: Any) -> Iterator[type[Setting]]:
    if isinstance(annotation, type) and issubclass(annotation, Setting):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _settings_in(argument)


def is_secret(model: type[Setting], location: Sequence[int | str]) -> bool:
    """Return whether a location leads to a field that holds a secret."""
    names = [part for part in location if isinstance(part, str)]
    fields = owner_of(model, names[:-1]).model_fields
    return bool(names) and names[-1] in fields and "Secret" in str(fields[names[-1]].annotation)
