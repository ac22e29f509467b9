"""Which declared models are missing, and which do not have their declared parameters."""

from __future__ import annotations

import json
import re
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
    has = _Has(
        digests=_folded(snapshot.api.models or {}),
        parameters=_folded(snapshot.api.parameters),
        weights=_folded(snapshot.api.weights),
    )
    todo = (_one(model, has) for model in settings.ollama.models)
    return tuple(work for work in todo if not work.nothing)


@dataclass(frozen=True)
class _Has:
    """What is on the host, by `ModelName.key`: Ollama tells no names apart by case."""

    digests: Mapping[str, str]
    parameters: Mapping[str, str]
    weights: Mapping[str, str]


def _folded(by_name: Mapping[str, str]) -> dict[str, str]:
    return {name.casefold(): value for name, value in by_name.items()}


def _one(model: Model, has: _Has) -> ModelWork:
    source, name = model.pulled.key, model.registry.key
    there = source in has.digests
    moved = there and model.digest not in (None, has.digests[source])
    if not model.options and model.base is None:
        pull = model.pulled.listed if moved or not there else None
        return ModelWork(model, pull, create=False)
    made = (
        name in has.digests
        and same_parameters(model, has.parameters.get(name), has.parameters.get(source))
        # A run that was killed after it pulled a newer base made nothing of it yet.
        and has.weights.get(name) == has.weights.get(source, has.weights.get(name))
    )
    # One that was made from its base is whole without it.
    pulls = moved or (not there and not made)
    return ModelWork(model, model.pulled.listed if pulls else None, create=pulls or not made)


def same_parameters(model: Model, shown: str | None, of_base: str | None = None) -> bool:
    """Whether /api/show's `parameters` text holds every declared option with its value.

    Of a model made of a base, all others have to be the base's, where they are known: so an
    option that is no longer declared goes. One made under its own name keeps it.
    """
    if shown is None:
        return not model.options
    declared = model.options.parameters() if model.options else {}
    found = _lines(shown)
    if not all(_equal(value, found.get(name, [])) for name, value in declared.items()):
        return False
    if model.base is None or of_base is None:
        return True
    base = _lines(of_base)
    return all(found.get(name) == base.get(name) for name in {*found, *base} - {*declared})


def _lines(shown: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in shown.splitlines():
        name, _, value = line.strip().partition(" ")
        found.setdefault(name, []).append(value.strip())
    return found


def _equal(declared: object, found: list[str]) -> bool:
    values = declared if isinstance(declared, (list, tuple)) else [declared]
    return [_plain(value) for value in values] == [_read(text) for text in found]


def _plain(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else value  # type: ignore[arg-type]


# What Go's %#v writes in a string and JSON does not know.
_GO_ESCAPES = re.compile(r"\\(?:([av])|x([0-9a-f]{2})|U([0-9a-f]{8})|(.))")


def _read(text: str) -> object:
    def in_json(found: re.Match[str]) -> str:
        letter, byte, rune, other = found.groups()
        if other:
            return found.group()
        code = {"a": 7, "v": 11}[letter] if letter else int(byte or rune, 16)
        return json.dumps(chr(code))[1:-1]

    try:
        return _plain(json.loads(_GO_ESCAPES.sub(in_json, text)))
    except ValueError:
        return text
