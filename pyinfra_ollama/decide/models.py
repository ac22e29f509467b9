"""Which declared models are missing, and which do not have their declared parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pyinfra_ollama.settings import HostSettings, Model
from pyinfra_ollama.snapshot import Snapshot


@dataclass(frozen=True)
class ModelWork:
    """What one model needs: pulled (its base), then created with its parameters."""

    model: Model
    pull: str | None
    create: bool

    @property
    def nothing(self) -> bool:
        """Whether the model is as declared."""
        return self.pull is None and not self.create


def work(settings: HostSettings, snapshot: Snapshot) -> tuple[ModelWork, ...]:
    """The work for every declared model that is not as declared, in the declared order.

    A model is present when /api/tags lists it, with the pinned digest if there is one; the
    registry is not asked. A server that does not answer has nothing.
    """
    listed = snapshot.api.models or {}
    todo = (_one(model, listed, snapshot.api.parameters) for model in settings.ollama.models)
    return tuple(work for work in todo if not work.nothing)


def _one(model: Model, listed: Mapping[str, str], shown: Mapping[str, str]) -> ModelWork:
    source = model.pulled.listed
    pinned_away = model.digest is not None and listed.get(source) not in (None, model.digest)
    pull = source if source not in listed or pinned_away else None
    if pull and model.canonical in listed and not pinned_away and source != model.canonical:
        # Created earlier; its base may have been removed since to save room.
        pull = None
    if not model.options and model.base is None:
        return ModelWork(model, pull, create=False)
    made = model.canonical in listed and same_parameters(model, shown.get(model.canonical))
    return ModelWork(model, pull, create=pull is not None or not made)


def same_parameters(model: Model, shown: str | None) -> bool:
    """Whether /api/show's `parameters` text holds every declared option with its value."""
    if shown is None:
        return not model.options
    found: dict[str, list[str]] = {}
    for line in shown.splitlines():
        name, _, value = line.strip().partition(" ")
        found.setdefault(name, []).append(value.strip())
    declared = model.options.parameters() if model.options else {}
    return all(_equal(value, found.get(name, [])) for name, value in declared.items())


def _equal(declared: object, found: list[str]) -> bool:
    values = declared if isinstance(declared, (list, tuple)) else [declared]
    return [_plain(value) for value in values] == [_read(text) for text in found]


def _plain(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else value  # type: ignore[arg-type]


def _read(text: str) -> object:
    try:
        return _plain(json.loads(text))
    except ValueError:
        return text
