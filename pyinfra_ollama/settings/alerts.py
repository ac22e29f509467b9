"""When somebody should look: the thresholds of the alert rules, and how people are told."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from .base import Setting, setting
from .kinds import AtLeastOne, Seconds, shaped
from .network import check_webhook
from .secrets import Secret, SecretValue, known

Percent = Annotated[int, Field(strict=True, ge=1, le=99)]
_ADDRESS = shaped(
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+",
    "an address such as 'ops@example.com'",
    "write the plain address, without a name",
)
_MAIL_HOST = shaped(
    r"(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\]):[0-9]{1,5}",
    "a host and a port such as 'mail.example.com:587'",
    "write both, with a colon between",
)


class Alerts(Setting):
    """When an alert fires; docs/metrics.md lists the alerts."""

    patience: Annotated[float, Field(ge=0.01, le=10)] = setting(
        1.0,
        "All times in that list are multiplied by it: 0.1 tells ten times as early, and of "
        "what passes by itself.",
        source="our choice because the list is for hosts that a person looks at within minutes",
    )
    memory_percent: Percent = setting(
        90, "Memory of a host in use, in percent, for 5 minutes.", source="usual monitoring guides"
    )
    disk_percent: Percent = setting(
        90, "A file system in use, in percent, for 5 minutes.", source="usual monitoring guides"
    )
    first_byte_seconds: Seconds = setting(
        60,
        "What one streamed answer of twenty takes to its first byte, in seconds, for 10 minutes.",
        source="our choice because a cold load of a large model takes that long",
    )
    error_percent: Percent = setting(
        5,
        "Requests through a gateway that end with 5xx, in percent, for 5 minutes.",
        source="our choice because a person notices one of twenty",
    )
    waiting_requests: AtLeastOne = setting(
        8,
        "Requests through a gateway that no runner works on yet, for 5 minutes.",
        source="our choice",
    )
    restarts: AtLeastOne = setting(
        3,
        "Starts of the server within 15 minutes besides the first.",
        source="our choice because a deployment restarts it once",
    )
    certificate_days: AtLeastOne = setting(
        14,
        "Days before the gateway's certificate ends.",
        source="our choice because renewals come earlier: certbot's 30 days before",
    )
    monitor_silent_seconds: Annotated[int, Field(strict=True, ge=1, le=172_800)] = setting(
        900,
        "How long ollama-monitor may not have run, in seconds; two intervals of it at least.",
        source="our choice because it runs every 5 minutes",
    )
    backup_hours: AtLeastOne = setting(
        26, "Age of the last good backup, in hours.", source="our choice: a day and some leeway"
    )


class Email(Setting):
    """Alerts by e-mail."""

    to: Annotated[str, _ADDRESS] = Field(
        description="Who gets them.", json_schema_extra={"example": '"ops@example.com"'}
    )
    sender: Annotated[str, _ADDRESS] = Field(
        description="From whom they are.", json_schema_extra={"example": '"alerts@example.com"'}
    )
    server: Annotated[str, _MAIL_HOST] = Field(
        description="Mail server and its port; it is spoken to with TLS.",
        json_schema_extra={"example": '"mail.example.com:587"'},
    )
    user: str = setting("", "Name for the mail server.", source="some ask for none")
    password: SecretValue | None = setting(
        None,
        "Password for the mail server.",
        source="some ask for none",
        example='Secret.env("MAIL_PASSWORD")',
    )


class Receiver(Setting):
    """How Alertmanager tells people; without any of it alerts are shown on its page only."""

    moved: ClassVar[dict[str, str]] = {"url": "webhook=Secret.env('ALERT_WEBHOOK')"}

    webhook: SecretValue | None = setting(
        None,
        "URL that gets alerts as JSON (Alertmanager's webhook); such URLs often hold a token.",
        source="our choice because only you know where",
        example='Secret.env("ALERT_WEBHOOK")',
    )
    email: Email | None = setting(
        None, "By e-mail.", source="our choice because only you know where"
    )
    wait_seconds: Seconds = setting(
        15,
        "How long the first alert of a host waits for others, in seconds, to be told together.",
        source="our choice because alerts of one fault come within a scrape of each other",
    )
    update_seconds: Seconds = setting(
        120,
        "How long after a message the next one about that host is sent at the earliest, in "
        "seconds: about more alerts, or that they are over.",
        source="our choice: Alertmanager's 5 minutes are long for an end",
    )
    repeat_seconds: Annotated[int, Field(strict=True, ge=300, le=604_800)] = setting(
        14_400, "When an alert that goes on is told again, in seconds.", source="Alertmanager"
    )

    @field_validator("webhook")
    @classmethod
    def _is_a_url(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        url = known(value, info)
        if url is not None:
            check_webhook(url, logins=True)
        return value
