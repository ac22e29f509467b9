"""The hosts that a gateway hands requests to: as declared, and as the inventory resolves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from .base import Setting, setting
from .kinds import Flag


class Backend(Setting):
    """A host of the inventory, or every host of one of its groups."""

    positional: ClassVar[tuple[str, ...]] = ("host",)
    moved: ClassVar[dict[str, str]] = {
        "down": "drain=True",
        "address": "host='NAME': the address is that of the host's Ollama(...)",
    }

    host: Annotated[str, Field(min_length=1)] = Field(
        description="Name of a host or of a group, as in the inventory.",
        json_schema_extra={"example": '"gpu1"'},
    )
    weight: Annotated[int, Field(strict=True, ge=1, le=100)] = setting(
        1, "How many requests it takes for one of another's.", source="nginx"
    )
    drain: Flag = setting(
        False,
        "Whether it gets no new requests; those in progress end as they would.",
        source="our choice because a backend is there to be used",
    )


def backend() -> BeforeValidator:
    """Return what takes a plain name for a backend without further words."""

    def named(value: Any) -> Any:
        return {"host": value} if isinstance(value, str) else value

    return BeforeValidator(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedBackend:
    """One Ollama that requests go to: `models` are the names that its host declares."""

    name: str
    address: str
    port: int
    weight: int = 1
    drain: bool = False
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All hosts of an inventory, those outside --limit too: their data and their groups."""

    data: Mapping[str, Mapping[str, object]]
    groups: Mapping[str, tuple[str, ...]]
