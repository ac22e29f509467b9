"""What the API replied, typed: a value, a complaint, or "could not tell"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Answer", "Cloud", "Embedded", "Generated"]

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """`value`, or the `error` instead; `told` is False when it says nothing about the server."""

    value: T | None = None
    error: str = ""
    told: bool = True


@dataclass(frozen=True)
class Cloud:
    """/api/status; `refusal` is the status a `:cloud` model gets, None when not asked."""

    disabled: bool
    source: str
    refusal: int | None = None


@dataclass(frozen=True)
class Generated:
    """One generation; seconds as seen from here (first token) and as the server counts."""

    text: str
    tokens: int
    load_seconds: float
    first_token_seconds: float
    tokens_per_second: float


@dataclass(frozen=True)
class Embedded:
    """One embedding."""

    dimension: int
    is_zero: bool
    load_seconds: float
    total_seconds: float
