"""How much one caller may ask of the gateway."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Setting, setting

Rate = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Burst = Annotated[int, Field(strict=True, ge=0, le=100_000)]
# nginx counts no further.
AtOnce = Annotated[int, Field(strict=True, ge=1, le=65_535)]


class Limits(Setting):
    """How much one caller may ask of the gateway; what is above gets 429 with Retry-After."""

    rate_per_key: Rate = setting(
        10, "Requests per second of one key or user.", source="usual deployment guides"
    )
    burst_per_key: Burst = setting(
        20,
        "Requests of one key or user let through above the rate at once.",
        source="usual deployment guides",
    )
    rate_per_address: Rate = setting(
        10, "Requests per second of one client address.", source="usual deployment guides"
    )
    burst_per_address: Burst = setting(
        20,
        "Requests of one address let through above the rate at once.",
        source="usual deployment guides",
    )
    concurrent_per_key: AtOnce = setting(
        64,
        "Requests of one key or user in progress at once.",
        source="our choice because an eighth of Ollama's queue of 512 leaves room for others",
    )
    concurrent_per_address: AtOnce = setting(
        64,
        "Requests of one client address in progress at once.",
        source="our choice because an eighth of Ollama's queue of 512 leaves room for others",
    )
    concurrent: AtOnce | None = setting(
        None,
        "Requests in progress at once in all; None leaves that to the backends' queues.",
        source="our choice because Ollama answers 503 itself when its queue is full",
        example="256",
    )
