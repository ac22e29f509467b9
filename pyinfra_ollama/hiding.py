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
# Between a name and its value, in a shell, an address, a header, JSON or Python's words.
_IS = r"\\*[\"']?\s*[=:]\s*"
# With quotes up to the same one, else up to a space; a comma before a space is none of it.
_QUOTED = r"(?P<quote>\\*[\"'])(?P<within>(?:(?!(?P=quote))(?:\\.|[^\\\n]))*)"
_BARE = r"(?![\[{]|(?:null|true|false|None)\b)(?:[^\s,;\"'\\]|[,;'\\](?=[^\s\"'\\]))+"
_ASSIGNED = re.compile(
    rf"((?:(?i:PASSWORD|PASSWD|SECRET|API[_-]?KEY|CREDENTIAL)\w*|TOKEN){_IS}"
    # The settings name where a secret is kept.
    rf"(?!\\*[\"']?Secret\.\w+\())(?:{_QUOTED}|{_BARE})"
)
# Not `n_tokens = 12`, `eos_token = 2` and their like, which a runner's log is full of.
_TOKEN = re.compile(
    r"((?i:token)(?:\\*[\"']?=\\*[\"']?|\\*[\"']\s*:\s*\\*[\"']))"
    r"(?![0-9.]+(?:[\s,;&\"'\\]|$))[^\s,;&\"'\\]{6,}"
)
_SPACED = re.compile(
    r"((?i:token)\s*[:=]\s+)(?=\S*[0-9])(?=\S*[A-Za-z])[A-Za-z0-9._~+/=-]{8,}", re.MULTILINE
)
_OPTION = re.compile(
    r"((?<!-)--[\w-]{0,40}(?:password|token|secret|key)(?:\\*[\"']?,)?\s+\\*[\"']?)[^\s,;\"'\\]+",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(authorization\\*[\"']?\s*[:=]\s*\\*[\"']?(?:(?:basic|bearer|digest|token)\s+)?)[^\s,\"'\\]+",
    re.IGNORECASE,
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
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = _IN_ADDRESS.sub(rf"\1{MASK}@", text)
        text = _ASSIGNED.sub(_masked, text)
        for form in (_TOKEN, _SPACED, _OPTION, _HEADER, _BEARER):
            text = form.sub(rf"\1{MASK}", text)
        return text


def _masked(found: re.Match[str]) -> str:
    # The closing quote stays where it is.
    return f"{found[1]}{found['quote'] or ''}{MASK}"


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
