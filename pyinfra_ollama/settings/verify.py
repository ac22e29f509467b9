"""What the verifier asks, and which limits it holds a host to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from .base import Setting, setting
from .kinds import Count, Flag, Size
from .tuning import Duration, between
from .units import GIB, MIB, format_size


class Verify(Setting):
    """What the verifier asks and which limits it holds a host to."""

    generate: Flag = setting(
        True,
        "Whether each model is loaded and answers; False only looks at the lists.",
        source="our choice because a listed model need not load",
    )
    prompt: Annotated[str, Field(min_length=1, max_length=2000)] = setting(
        "What is the capital of France?",
        "What a chat model is asked, and an embedding model turns into a vector.",
        source="usual deployment guides",
    )
    max_tokens: Annotated[int, Field(strict=True, ge=1, le=4096)] = setting(
        16, "Most tokens of an answer.", source="our choice because the first token proves it"
    )
    load_timeout_seconds: Annotated[int, Field(strict=True, ge=1, le=86400)] = setting(
        300,
        "How long a model may take to load and answer, in seconds.",
        source="Ollama 0.33.0 envconfig/config.go: 5 minutes",
    )
    min_free_disk: Size = setting(
        GIB,
        "Least free disk in bytes under the models and the releases.",
        source="our choice because a pull into a full disk fails",
        example='"5G"',
    )
    min_free_memory: Size = setting(
        256 * MIB,
        "Least available memory in bytes, with models loaded.",
        source="our choice because below it the kernel starts to kill",
        example='"1G"',
    )
    max_restarts: Count = setting(
        0,
        "Restarts by systemd since the last start that are no fault.",
        source="our choice because each is a crash",
    )
    restart_window: Annotated[Duration, between(0, 31_536_000, "a duration up to 8760h")] = setting(
        "1h",
        "How long more restarts than that are a fault after the last of them; then they are "
        "warned of.",
        source="our choice because what ran for an hour since is mended",
    )
    parallel_loads: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = setting(
        None,
        "Hosts whose models are loaded at once; None is all.",
        source="our choice because separate machines do not slow each other",
        example="1",
    )

    min_certificate_days: Count = setting(
        7,
        "Days that a gateway's certificate must be valid for; a tenth of its life if that is less.",
        source="our choice because certbot and SelfSigned renew long before",
    )
    warn_certificate_days: Count = setting(
        21,
        "Days below which a gateway's certificate is warned of; a quarter of its life if that is "
        "less.",
        source="our choice because Let's Encrypt's certificates are renewed at 30",
    )
    public_address: Annotated[str, Field(min_length=1, max_length=253)] | None = setting(
        None,
        "Address at which a gateway is looked at from outside; None is the one it listens on, or "
        "that SSH uses.",
        source="our choice because most hosts have one address",
        example='"203.0.113.7"',
    )
    authority: Path | None = setting(
        None,
        "PEM file, on the machine that runs the verifier, that a gateway's certificate is checked "
        "with; None takes the host's own authority, the declared chain, or the system's.",
        source="our choice because clients take these",
        example='"/etc/ssl/internal-ca.pem"',
    )
    rate_requests: Annotated[int, Field(strict=True, ge=0, le=10_000)] = setting(
        100,
        "Most requests sent at once to see a gateway's rate limit answer; 0 sends none. For a "
        "moment clients that use the same key are told to wait as well.",
        source="our choice because the default limits answer after some 30",
    )

    @property
    def limits(self) -> str:
        """The headroom in one phrase for messages."""
        return f"{format_size(self.min_free_disk)} disk, {format_size(self.min_free_memory)} memory"
