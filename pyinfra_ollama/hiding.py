"""Takes secrets out of text that leaves for others: the declared ones, and what looks like one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from urllib.parse import quote

from pydantic import BaseModel

from pyinfra_ollama.settings import Secret

__all__ = ["Hider", "secrets_in"]

MASK = "*MASKED*"
# Shorter ones would be found in half of all words.
LEAST_LENGTH = 4
_IN_ADDRESS = re.compile(r"(\w://)[^/\s\"'@]+@")
# Not `n_tokens = 12` and its like, which a runner's log is full of.
_ASSIGNED = re.compile(
    r"((?:(?i:\w*(?:PASSWORD|PASSWD|SECRET|API_?KEY|CREDENTIAL)\w*)|[A-Z0-9_]*TOKEN)\"?[=:]\s*\"?)"
    r"[^\s,;\"]+"
)
_BEARER = re.compile(r"((?:bearer|basic|x-api-key:?)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)


class Hider:
    """Hides texts, in each form that logs have them in: plain, in JSON, in an address."""

    def __init__(self, texts: Iterable[str]) -> None:
        known = {form for text in texts for line in text.splitlines() for form in _forms(line)}
        # A longer one may hold a shorter one.
        known = {text for text in known if len(text) >= LEAST_LENGTH}
        ordered = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def hide(self, text: str) -> str:
        """The text without them, and without what looks like others."""
        text = self.hide_known(text)
        text = _IN_ADDRESS.sub(rf"\1{MASK}@", text)
        text = _ASSIGNED.sub(rf"\1{MASK}", text)
        return _BEARER.sub(rf"\1{MASK}", text)

    def hide_known(self, text: str) -> str:
        """The text without them, and with all else."""
        return text if self._known is None else self._known.sub(MASK, text)


def _forms(text: str) -> Iterator[str]:
    stripped = text.strip()
    yield stripped
    yield json.dumps(stripped)[1:-1]
    yield quote(stripped, safe="")


def secrets_in(value: object) -> Iterator[str]:
    """The texts of all secrets in settings, in host data, or in anything that holds them."""
    if isinstance(value, Secret):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        # Not dict(value), which would take a field named keys for a method.
        yield from secrets_in(vars(value))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from secrets_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from secrets_in(item)
