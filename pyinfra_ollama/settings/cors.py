"""Which web pages may call the gateway from a browser."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from .base import UNNAMED, Setting, refusal, setting

_ORIGIN = re.compile(
    r"(?:https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])|[a-z][a-z0-9.+-]*://[A-Za-z0-9.-]+)(?::[0-9]{1,5})?"
)


class Cors(Setting):
    """Web pages that a browser lets call the gateway; each of them needs a key all the same."""

    moved: ClassVar[dict[str, str]] = {UNNAMED: "origins=['https://chat.example.com']"}

    origins: tuple[str, ...] = Field(
        description="Origins of the pages, exactly as browsers send them.",
        json_schema_extra={"example": '["https://chat.example.com"]'},
        min_length=1,
    )
    max_age_seconds: Annotated[int, Field(strict=True, ge=0, le=86400)] = setting(
        600,
        "How long a browser may remember the answer, in seconds.",
        source="our choice because a change should be seen soon",
    )

    @field_validator("origins")
    @classmethod
    def _are_exact(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for position, origin in enumerate(value):
            if not _ORIGIN.fullmatch(origin):
                raise refusal(
                    accepted="scheme://host[:port] in small letters, without wildcard, path and "
                    "slash at the end",
                    remedy="write each site by itself, as in 'https://chat.example.com'",
                    seen=f"[{position}] {origin!r}",
                )
        return tuple(dict.fromkeys(value))
