"""How the server spends memory and time on models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from .base import ENVCONFIG, Setting, refusal, setting
from .kinds import Flag, Size, shaped
from .units import DURATION_SHAPE, duration_seconds, parse_duration


def _duration(value: object) -> str:
    try:
        parse_duration(value)
    except ValueError:
        raise refusal(
            accepted=DURATION_SHAPE, remedy="write a number and a unit, as in '5m'"
        ) from None
    return str(value).strip()


Duration = Annotated[str, BeforeValidator(_duration), WithJsonSchema({"type": "duration"})]


def between(least: int, most: int, text: str) -> AfterValidator:
    """A duration of so many whole seconds; `text` says so to people."""

    def check(value: str) -> str:
        if not least <= duration_seconds(value) <= most or duration_seconds(value) % 1:
            raise refusal(accepted=text, remedy="write whole seconds in these bounds, as in '5m'")
        return value

    return AfterValidator(check)


class Tuning(Setting):
    """The part of the server's settings that concerns load and memory."""

    keep_alive: Duration = setting(
        "5m",
        "How long an idle model stays in memory: a Go duration or seconds; 0 unloads at once, a "
        "negative value never.",
        source=ENVCONFIG,
        example='"30m"',
    )
    load_timeout: Duration = setting(
        "5m",
        "How long loading a model may stand still: a Go duration or seconds; 0 or less is for "
        "ever.",
        source=ENVCONFIG,
    )
    num_parallel: Annotated[int, Field(strict=True, ge=1, le=1024)] = setting(
        1,
        "Requests one model answers at once; each needs a context of memory.",
        source=ENVCONFIG,
    )
    max_loaded_models: Annotated[int, Field(strict=True, ge=0, le=1024)] = setting(
        0,
        "Models in memory at once; 0 is three per GPU, or three on the CPU.",
        source=ENVCONFIG,
    )
    max_queue: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = setting(
        512,
        "Requests that may wait; the next one is answered 503.",
        source=ENVCONFIG,
    )
    context_length: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] = setting(
        0,
        "Context window in tokens for models that set none; 0 lets Ollama choose (4096 on CPU).",
        source=ENVCONFIG,
        example="8192",
    )
    flash_attention: Flag | None = setting(
        None,
        "Flash attention on or off; None lets Ollama choose by GPU.",
        source=ENVCONFIG,
        example="True",
    )
    kv_cache_type: Literal["f16", "q8_0", "q4_0"] | None = setting(
        None,
        "Number format of the KV cache (None is f16); q8_0 takes half of it, q4_0 a quarter. "
        "Both need flash_attention=True.",
        source=ENVCONFIG,
        example='"q8_0"',
    )
    debug: Annotated[int, Field(strict=True, ge=0, le=2)] = setting(
        0, "Log level: 0 normal, 1 debug, 2 trace.", source=ENVCONFIG
    )
    no_prune: Flag = setting(
        False, "Whether blobs that no model uses are kept at a start.", source=ENVCONFIG
    )
    gpu_overhead: Size = setting(
        0, "Video memory left free per GPU, in bytes.", source=ENVCONFIG, example='"512M"'
    )
    sched_spread: Flag = setting(
        False, "Whether each model is spread over all GPUs.", source=ENVCONFIG
    )
    llm_library: (
        Annotated[
            str,
            shaped(
                r"[A-Za-z0-9_]{1,40}",
                accepted="the name of a folder of GPU libraries, such as 'cuda_v13'",
                remedy="look up the names under lib/ollama of the release",
            ),
        ]
        | None
    ) = setting(
        None, "GPU library to load; None detects it.", source=ENVCONFIG, example='"cuda_v13"'
    )

    @field_validator("kv_cache_type")
    @classmethod
    def _cache_needs_flash(cls, value: str | None, info: ValidationInfo) -> str | None:
        flash = info.data.get("flash_attention", True)
        if value in ("q8_0", "q4_0") and flash is not True:
            raise refusal(
                accepted="'f16' or None while flash_attention is not True",
                remedy="add flash_attention=True (llama.cpp quantises the cache only with it), or "
                "write kv_cache_type='f16'",
                seen=f"{value!r} with flash_attention={flash}",
            )
        return value
