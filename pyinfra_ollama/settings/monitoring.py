"""What a host does to look after itself: thresholds, the timer, who is told, how long logs are."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from .base import UNNAMED, Setting, refusal, setting
from .kinds import Flag, Size
from .network import check_webhook
from .secrets import SecretValue, known
from .tuning import Duration, between
from .units import MIB, format_size

Percent = Annotated[int, Field(strict=True, ge=1, le=99)]
Days = Annotated[int, Field(strict=True, ge=1, le=3650)]
_DAY = 86400


def _prompt(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise refusal(
            accepted="a line of printable text", remedy="write what the model is to be asked"
        )
    return value


class Notify(Setting):
    """Who is told when something is wrong, and when it is right again."""

    moved: ClassVar[dict[str, str]] = {
        "url": "webhook=Secret.env('WEBHOOK_URL')",
        "email": "command=['/usr/local/bin/your-mailer', '...']",
        UNNAMED: "command=[...] or webhook=Secret.env('WEBHOOK_URL')",
    }

    command: tuple[str, ...] = setting(
        (),
        "A program of the host and its arguments, run as root with the message as JSON on stdin.",
        source="nobody is told; the log and the journal have it",
        example='["/usr/local/bin/page-me", "--urgent"]',
    )
    webhook: SecretValue | None = setting(
        None,
        "An https:// address without a login that the message is posted to as JSON; kept on the "
        "host in a file that only root reads.",
        source="nobody is told; the log and the journal have it",
        example='Secret.env("WEBHOOK_URL")',
    )
    repeat: Annotated[Duration, between(60, 30 * _DAY, "a duration from 1m to 720h")] = setting(
        "4h",
        "How long the same trouble is not told of again.",
        source="our choice because a message every five minutes is soon ignored",
    )

    @field_validator("command")
    @classmethod
    def _is_a_program(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and not value[0].startswith("/"):
            raise refusal(
                accepted="the absolute path of a program, then its arguments",
                remedy="write ['/usr/local/bin/page-me']: no shell looks at it",
            )
        if any(not text.isprintable() for text in value):
            raise refusal(
                accepted="printable texts", remedy="leave out line breaks and control characters"
            )
        return value

    @field_validator("webhook")
    @classmethod
    def _is_an_address(cls, value: object, info: ValidationInfo) -> object:
        text = known(value, info)  # type: ignore[arg-type]
        if text is not None:
            check_webhook(text, logins=False)
        return value


class Monitoring(Setting):
    """A timer looks after the host's services; without this declaration nothing does."""

    moved: ClassVar[dict[str, str]] = {
        "alert_threshold": "memory_percent=90 and disk_percent=90",
        "interval_seconds": "interval='5m'",
        "webhook": "notify=Notify(webhook=Secret.env('WEBHOOK_URL'))",
        "prompts": "benchmark_prompts=[...]",
        UNNAMED: "interval='5m'",
    }

    interval: Annotated[Duration, between(10, _DAY, "a duration from 10s to 24h")] = setting(
        "5m", "How often the host is looked at.", source="usual deployment guides"
    )
    memory_percent: Percent = setting(
        90, "Memory in use from which on it is trouble.", source="usual deployment guides"
    )
    disk_percent: Percent = setting(
        90,
        "Disk in use from which on it is trouble, on each file system of models, logs and root.",
        source="usual deployment guides",
    )
    queue_percent: Percent = setting(
        90,
        "Connections to the server, in per cent of `max_queue`, from which on it is trouble.",
        source="our choice because the other two are at 90 as well",
    )
    answer: Annotated[Duration, between(1, 300, "a duration from 1s to 5m")] = setting(
        "10s",
        "How long /api/version may take to answer; three such silences are a server that hangs.",
        source="our choice because it needs no model and takes milliseconds",
    )
    repair: Flag = setting(
        True,
        "Whether a service that is down is started, and one that hangs restarted; False only "
        "tells. One that a person stopped or that fails in a loop is left alone either way.",
        source="usual deployment guides",
    )
    notify: Notify | None = setting(
        None,
        "Who is told; None writes to the journal and /var/log/ollama-monitor.log only.",
        source="our choice because whom to tell is a decision",
        example='Notify(webhook=Secret.env("WEBHOOK_URL"))',
    )
    journal_max: Size = setting(
        1024 * MIB,
        "Most disk in bytes of the host's journal (SystemMaxUse).",
        source="our choice because systemd would take up to 4G",
        example='"500M"',
    )
    journal_days: Days = setting(
        30, "Days the journal is kept.", source="our choice because a month covers a bill"
    )
    log_max: Size = setting(
        100 * MIB,
        "Size in bytes at which a log of the gateway or the monitor is rotated before its day.",
        source="our choice because a day of a busy gateway may fill a small disk",
        example='"50M"',
    )
    log_days: Days = setting(
        14, "Days the monitor's log is kept.", source="Debian keeps nginx's logs for as long"
    )
    benchmark_prompts: tuple[Annotated[str, AfterValidator(_prompt)], ...] = setting(
        (
            "What is 2+2?",
            "Explain quantum computing in one sentence.",
            "Write a haiku about technology.",
        ),
        "What `ollama-benchmark` asks each chat model.",
        source="usual deployment guides",
    )

    @field_validator("notify")
    @classmethod
    def _tells_somebody(cls, value: Notify | None) -> Notify | None:
        if value is not None and not value.command and value.webhook is None:
            raise refusal(
                accepted="a program or an address that is told",
                remedy="write command=[...] or webhook=Secret.env('WEBHOOK_URL'), or leave notify "
                "out for the journal and the log alone",
                seen="neither command nor webhook",
            )
        return value

    @field_validator("benchmark_prompts")
    @classmethod
    def _asks_something(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise refusal(
                accepted="at least one prompt",
                remedy="write one, or leave the field out for the usual three",
            )
        return value

    @field_validator("journal_max", "log_max")
    @classmethod
    def _holds_something(cls, value: int) -> int:
        if value < MIB or value % 1024:
            raise refusal(
                accepted="1M or more, in whole K",
                remedy="write a size such as '100M'",
                seen=format_size(value),
            )
        return value
