"""What the gateway itself answers, in the JSON that each kind of client shows to its user.

Ollama's own clients read `error` as a text, OpenAI's `error.message`, Anthropic's the same under
`type: error` (tried with their Python packages of 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

SHAPES = ("ollama", "openai", "anthropic")

_WORDS: Mapping[str, tuple[str, str]] = {
    "400": ("this is no valid HTTP request", "invalid_request_error"),
    "401": (
        "a valid key or password is needed: send 'Authorization: Bearer KEY'",
        "authentication_error",
    ),
    "404": ("there is nothing here", "not_found_error"),
    "405": ("this endpoint does not take this method", "invalid_request_error"),
    "408": ("the request took too long to arrive", "invalid_request_error"),
    "413": ("the request body is larger than this gateway accepts", "request_too_large"),
    "414": ("the address is too long", "invalid_request_error"),
    "415": ("send the body without Content-Encoding", "invalid_request_error"),
    "429": ("too many requests: wait as long as Retry-After says", "rate_limit_error"),
    "494": ("the headers are too long", "invalid_request_error"),
    "497": ("this port speaks HTTPS only", "invalid_request_error"),
    "500": ("the gateway failed", "api_error"),
    "501": ("this kind of request is not known here", "invalid_request_error"),
    "502": ("no backend answers; try again later", "api_error"),
    "503": ("the gateway is busy; try again later", "overloaded_error"),
    "504": ("the backend did not answer in time", "api_error"),
    "505": ("this version of HTTP is not known here", "invalid_request_error"),
    "endpoint": ("this gateway does not offer this endpoint", "permission_error"),
    "policy": ("this key may not use this endpoint", "permission_error"),
    "origin": ("pages of this origin may not call this gateway", "permission_error"),
}


@dataclass(frozen=True)
class Answers:
    """For each status or reason the JSON of each shape, quoted for nginx."""

    by_shape: Mapping[str, Mapping[str, str]]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that nginx itself may end a request with."""
        return tuple(code for code in _WORDS if code.isdigit())

    # The named location that answers needs the path of the request, which these come too early
    # to have; for them there is an address of its own.
    early: tuple[str, ...] = ("400", "408", "414", "494", "497", "501", "505")

    @property
    def later(self) -> tuple[str, ...]:
        """The statuses of requests that nginx has read."""
        return tuple(code for code in self.statuses if code not in self.early)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What an endpoint answers by itself: why 403, and two statuses."""
        return (*(code for code in _WORDS if not code.isdigit()), "405", "415")


def answers() -> Answers:
    """Everything the gateway says by itself."""
    return Answers(
        {
            shape: {code: _quoted(shape, *words) for code, words in _WORDS.items()}
            for shape in SHAPES
        }
    )


def _quoted(shape: str, message: str, kind: str) -> str:
    return quoted(document(shape, message, kind))


def document(shape: str, message: str, kind: str) -> str:
    """The JSON of an error in the shape of one kind of client."""
    said: dict[str, object] = {"error": message}
    if shape == "openai":
        said = {"error": {"message": message, "type": kind, "param": None, "code": kind}}
    if shape == "anthropic":
        said = {"type": "error", "error": {"type": kind, "message": message}}
    return json.dumps(said)


def quoted(text: str) -> str:
    """A word of nginx's configuration, in single quotes; `$` cannot be escaped and is refused."""
    if "$" in text or not text.isprintable():
        raise ValueError(f"nginx cannot hold this word: {text!r}")
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
