"""A host that observes others: Prometheus and Alertmanager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from .alerts import Alerts, Receiver
from .base import Setting, refusal, setting
from .kinds import Flag, Size, shaped
from .metrics import addresses

Port = Annotated[int, Field(strict=True, ge=1024, le=65535)]
# Seconds: five scrapes in the five minutes of the recorded rates, which the dashboard has too.
LONGEST = 60


class Observer(Setting):
    """Prometheus and Alertmanager; both listen on 127.0.0.1, since they ask for no password."""

    moved: ClassVar[dict[str, str]] = {
        "hosts": "targets=['gpu1']",
        "prometheus_port": "port=9090",
        "retention": "retention_days=30",
        "interval": "scrape_seconds=15",
        "notify": "receiver=Receiver(webhook=Secret.env('ALERT_WEBHOOK'))",
    }

    targets: tuple[Annotated[str, Field(min_length=1)], ...] = setting(
        (),
        "Hosts and groups of the inventory that it observes; none is every host with Metrics(...).",
        source="our choice because most fleets have one observer",
        example='["gpu", "gateway1"]',
    )
    source_addresses: tuple[str, ...] = setting(
        (),
        "Addresses from which it reaches others; none is its ssh_hostname.",
        source="our choice because most hosts have one",
        example='["10.0.0.9"]',
    )
    port: Port = setting(9090, "Port of Prometheus.", source="Prometheus")
    alertmanager_port: Port = setting(
        9093, "Port of Alertmanager.", source="Alertmanager", validate_default=True
    )
    scrape_seconds: Annotated[int, Field(strict=True, ge=5, le=LONGEST)] = setting(
        15, "How often hosts are asked, in seconds.", source="Prometheus' getting started guide"
    )
    retention_days: Annotated[int, Field(strict=True, ge=1, le=3650)] = setting(
        30, "Days for which metrics are kept.", source="our choice because a month is compared"
    )
    retention_size: Size | None = setting(
        None,
        "Disk for metrics in bytes, whichever is reached first.",
        source="our choice because a host takes about 20 MB a month by Prometheus' own estimate",
        example='"10G"',
    )
    alerts: Alerts = setting(Alerts(), "When alerts fire.", source="see Alerts")
    receiver: Receiver = setting(Receiver(), "How people are told.", source="see Receiver")
    grafana: Flag = setting(
        True,
        "Whether a Grafana whose own package is installed gets this Prometheus and the dashboard.",
        source="our choice because Debian has no Grafana to install",
    )
    runbooks: Annotated[
        str,
        shaped(
            r"[A-Za-z0-9:/._~-]{1,200}", "a plain path or URL", "write where docs/runbooks is read"
        ),
    ] = setting(
        "docs/runbooks",
        "Where alerts say that their runbooks are: a folder or a URL.",
        source="this repository",
        example='"https://wiki.example.com/runbooks"',
    )

    @field_validator("scrape_seconds", mode="before")
    @classmethod
    def _is_often_enough(cls, value: object) -> object:
        if isinstance(value, int) and value > LONGEST:
            raise refusal(
                accepted=f"{LONGEST} or less: what is recorded of five minutes needs five scrapes",
                remedy=f"write scrape_seconds={LONGEST}",
            )
        return value

    @field_validator("source_addresses")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return addresses(value)

    @field_validator("alertmanager_port")
    @classmethod
    def _ports_differ(cls, value: int, info: ValidationInfo) -> int:
        if value == info.data.get("port"):
            raise refusal(
                accepted="another port than that of Prometheus",
                remedy="write two different numbers for port and alertmanager_port",
            )
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One host that is observed; `parts` are the paths of its door besides /metrics.

    `runners`: whether its runners tell what they work on.
    """

    name: str
    address: str
    port: int
    parts: tuple[str, ...]
    runners: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverSettings:
    """The validated observer of one host, by its name, and whom it observes."""

    name: str
    observer: Observer
    targets: tuple[Target, ...]
