"""The kinds of values that several settings share."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from .base import refusal
from .units import SIZE_SHAPE, parse_size

# Strict: a quoted "4" or a True where a number belongs is a slip worth saying.
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]
AtLeastOne = Annotated[int, Field(strict=True, ge=1)]
Seconds = Annotated[int, Field(strict=True, ge=1, le=86400)]


def _size(value: object) -> int:
    try:
        return parse_size(value)
    except ValueError as error:
        remedy = str(error).removeprefix(f"expected {SIZE_SHAPE}").strip(", ")
        raise refusal(
            accepted=SIZE_SHAPE, remedy=remedy or "write a number and a unit, as in '8G'"
        ) from None


Size = Annotated[int, BeforeValidator(_size)]
"""Bytes; declared as ``"8G"`` or as a whole number."""

_PATH = re.compile(r"/[A-Za-z0-9._@+-]+(?:/[A-Za-z0-9._@+-]+)*")
PATH_SHAPE = (
    "an absolute path of letters, digits and . _ @ + - without '..', '//' or a slash at its end"
)
# These are emptied at boot, are no real file systems, or belong to one mount namespace only.
_FLEETING = ("/tmp", "/var/tmp", "/run", "/var/run", "/proc", "/sys", "/dev")


def _path(value: str) -> str:
    if not _PATH.fullmatch(value) or {".", ".."} & set(value.split("/")):
        # Spaces, quotes, '%' and '$' would each need another escape in units, fstab and mounts.
        raise refusal(accepted=PATH_SHAPE, remedy="choose a plain path, or mount the disk at one")
    for folder in _FLEETING:
        if value == folder or value.startswith(folder + "/"):
            raise refusal(
                accepted="a path on a disk",
                remedy=f"choose a path outside {folder}, which does not last",
            )
    return value


HostPath = Annotated[str, AfterValidator(_path)]
"""A path on the host that units, fstab and shells take without escaping."""
