"""Limits and restart behaviour of the service."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from .base import Setting, refusal, setting
from .kinds import AtLeastOne, Seconds, Size
from .units import MIB, format_size

_NO_LIMIT = "systemd: no limit"
_LEAST_MEMORY = 256 * MIB


class Service(Setting):
    """What the unit allows the server; None sets no limit."""

    moved: ClassVar[dict[str, str]] = {
        "cpu_quota": "cpu_quota_percent=400, where 100 is one core",
        "restart_sec": "restart_seconds=3",
        "environment": "environment={...} in ollama = Ollama(...)",
    }

    memory_max: Size | None = setting(
        None,
        "MemoryMax in bytes: beyond it the kernel ends the server or a runner.",
        source=_NO_LIMIT,
        example='"14G"',
    )
    memory_high: Size | None = setting(
        None,
        "MemoryHigh in bytes: beyond it the service is slowed down and its memory reclaimed.",
        source=_NO_LIMIT,
        example='"12G"',
    )
    cpu_quota_percent: AtLeastOne | None = setting(
        None,
        "CPUQuota in per cent of one core: 400 is four cores.",
        source=_NO_LIMIT,
        example="400",
    )
    tasks_max: Annotated[int, Field(strict=True, ge=32)] | None = setting(
        None,
        "TasksMax: threads and processes of the server and its runners together.",
        source="systemd: 15 % of the machine's limit",
        example="512",
    )
    oom_policy: Literal["stop", "continue", "kill"] | None = setting(
        None,
        "OOMPolicy when the kernel ends a process of the service: 'continue' keeps the server "
        "when only a runner was ended.",
        source="systemd: stop",
        example='"continue"',
    )
    restart_seconds: Seconds = setting(
        3, "Pause before a restart, in seconds.", source="official installer (RestartSec=3)"
    )
    start_limit_burst: Annotated[int, Field(strict=True, ge=1, le=100)] = setting(
        5,
        "Starts within `start_limit_seconds` after which systemd gives up.",
        source="systemd: 5",
    )
    start_limit_seconds: Seconds = setting(
        120,
        "Time in which the starts are counted, in seconds.",
        source="our choice because systemd's 10 s never count five starts 3 s apart",
    )
    start_timeout_seconds: Seconds = setting(
        60,
        "How long /api/version may take to answer after a start, in seconds.",
        source="our choice because GPU discovery takes some ten seconds on slow hosts",
    )

    @field_validator("memory_max", "memory_high")
    @classmethod
    def _server_can_start(cls, value: int | None) -> int | None:
        if value is not None and value < _LEAST_MEMORY:
            raise refusal(
                accepted=f"{format_size(_LEAST_MEMORY)} or more: less cannot load a model",
                remedy="raise the limit, or remove it",
            )
        return value

    @field_validator("memory_high")
    @classmethod
    def _high_is_below_max(cls, value: int | None, info: ValidationInfo) -> int | None:
        most = info.data.get("memory_max")
        if value is not None and most is not None and value > most:
            raise refusal(
                accepted=f"at most memory_max, which is {format_size(most)}",
                remedy="lower memory_high, or raise memory_max",
                seen=format_size(value),
            )
        return value

    @field_validator("start_limit_seconds")
    @classmethod
    def _limit_can_be_reached(cls, value: int, info: ValidationInfo) -> int:
        pause, burst = info.data.get("restart_seconds"), info.data.get("start_limit_burst")
        if pause is not None and burst is not None and value <= pause * burst:
            raise refusal(
                accepted=f"more than {pause * burst} (restart_seconds times start_limit_burst)",
                remedy="raise start_limit_seconds: else a server that cannot start is restarted "
                "for ever",
            )
        return value
