"""The machine under the server: swap, packages, and what preflight asks of it."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator

from .base import UNNAMED, Setting, refusal, setting
from .kinds import Flag, Size, StayingPath
from .units import GIB, MIB

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?")


class Swap(Setting):
    """A swap file; without this declaration the host's swap is left alone."""

    moved: ClassVar[dict[str, str]] = {
        "size_mb": "size='8G'",
        "file": "path='/swapfile'",
        UNNAMED: "size='8G'",
    }

    size: Size = Field(
        description="Size of the swap file in bytes; '0' removes it.",
        json_schema_extra={"example": '"8G"'},
    )
    path: StayingPath = setting(
        "/swapfile", "Path of the swap file.", source="usual deployment guides"
    )
    swappiness: Annotated[int, Field(strict=True, ge=0, le=200)] = setting(
        10,
        "vm.swappiness: how readily the kernel swaps, 0 to 200 (Debian: 60).",
        source="our choice because swapped-out weights are read again for every token",
    )

    @field_validator("size")
    @classmethod
    def _holds_pages(cls, value: int) -> int:
        if value and (value < MIB or value % MIB):
            raise refusal(
                accepted="0, or whole MiB from 1M on",
                remedy="write a size such as '8G', or '0' to remove the swap file",
            )
        return value


def _package(value: str) -> str:
    if not _PACKAGE.fullmatch(value):
        raise refusal(
            accepted="names of Debian packages: small letters, digits, '+', '-', '.'",
            remedy="write one package per entry, without options or versions",
        )
    return value


class Packages(Setting):
    """Packages of the distribution; what the deployment itself needs is always there."""

    moved: ClassVar[dict[str, str]] = {
        "install": "tools=[...]",
        "names": "tools=[...]",
        UNNAMED: "tools=[...]",
    }

    tools: tuple[Annotated[str, AfterValidator(_package)], ...] = setting(
        ("build-essential", "git", "htop", "lsof", "net-tools", "sysstat", "wget"),
        "Packages for people at work on the host; an empty list installs none, and none is "
        "ever removed.",
        source="usual deployment guides: what they install and what their debugging steps call",
        example='["htop", "lsof"]',
    )
    upgrade: Literal["none", "safe", "full"] = setting(
        "none",
        "Upgrade of installed packages: none, those that remove nothing (safe), or all (full). "
        "Held packages stay.",
        source="our choice because an upgrade is a decision of its own",
    )
    cache_seconds: Annotated[int, Field(strict=True, ge=0, le=30 * 86400)] = setting(
        86400,
        "Age in seconds up to which the package lists are not fetched again.",
        source="our choice because Debian's lists change a few times a day",
    )

    @field_validator("tools")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))


class Preflight(Setting):
    """What a host must be before anything on it is changed."""

    force_os: Flag = setting(
        False,
        "Whether systems other than Debian 12/13 and Ubuntu 22.04/24.04 are tried.",
        source="our choice because nothing else was tested",
    )
    min_memory: Size | None = setting(
        None,
        "Least memory of the host in bytes; None estimates it from the declared models.",
        source="our choice because the models decide",
        example='"15G"',
    )
    skip_network: Flag = setting(
        False,
        "Whether release server and registry may be out of reach (all is there already).",
        source="our choice because most first runs need both",
    )
    free_margin: Size = setting(
        GIB,
        "Disk in bytes that stays free after archive, releases and models.",
        source="our choice because a full disk stops more than this service",
        example='"5G"',
    )
