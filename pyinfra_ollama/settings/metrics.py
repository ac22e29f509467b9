"""What a host tells Prometheus, and to whom."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from .base import Setting, refusal, setting
from .kinds import Flag
from .network import is_loopback

PASSED_ON = {"/node": (9100, "/metrics"), "/nginx": (9113, "/metrics")}
"""Debian's exporters, on their usual ports of 127.0.0.1, by the path of the one door."""


def address(value: str, position: int | None = None) -> str:
    """Return an address in its usual form, or refuse it; `position`: where it stands in a list."""
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        found = None
    if found is None or getattr(found, "scope_id", None) or getattr(found, "ipv4_mapped", None):
        raise refusal(
            accepted="an address such as '10.0.0.9' or '2001:db8::9'",
            remedy="write addresses, not names and not networks",
            seen=None if position is None else f"[{position}] {value!r}",
        )
    return str(found)


def addresses(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return each address once, in its usual form."""
    return tuple(dict.fromkeys(address(one, place) for place, one in enumerate(value)))


class Metrics(Setting):
    """Metrics of a host for Prometheus: its Ollama, its gateway, the machine."""

    moved: ClassVar[dict[str, str]] = {
        "exporter_port": "port=9434",
        "allowed": "observers=['10.0.0.9']",
    }

    port: Annotated[int, Field(strict=True, ge=1024, le=65535)] = setting(
        9434,
        "Port on which all metrics of the host are read: /metrics, /node and /nginx.",
        source="our choice because no exporter in Prometheus' list of ports has it",
    )
    listen: str | None = setting(
        None,
        "Address on which it listens; None is all for a host that is observed, else 127.0.0.1.",
        source="our choice because only observers are answered",
        example='"10.0.0.5"',
    )
    observers: tuple[str, ...] = setting(
        (),
        "Addresses that may read them besides the hosts with an Observer(...) for this one.",
        source="our choice because metrics tell models, names of keys and how much they are used",
        example='["10.0.0.9"]',
    )
    runners: Flag = setting(
        True,
        "Whether runners count tokens and times (LLAMA_ARG_ENDPOINT_METRICS=1). Changing it "
        "restarts the server. Without it, observers cannot tell that requests wait.",
        source="our choice because nothing else tells tokens per second",
    )

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        return None if value is None else address(value)

    @field_validator("observers")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return addresses(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """The validated metrics of one host; `observers` are all addresses that may read them."""

    metrics: Metrics
    observers: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where the exporter listens."""
        return self.metrics.listen or ("::" if self.observers else "127.0.0.1")

    @property
    def is_open(self) -> bool:
        """Whether other machines reach it."""
        return not is_loopback(self.address) and bool(self.observers)
