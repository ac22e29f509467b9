"""The kinds of values that several settings share."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

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
        plain = str(error).startswith("expected")
        remedy = "write a number and a unit, as in '8G'" if plain else str(error)
        raise refusal(accepted=SIZE_SHAPE, remedy=remedy) from None


Size = Annotated[int, BeforeValidator(_size), WithJsonSchema({"type": "size"})]
"""Bytes; declared as ``"8G"`` or as a whole number."""


def shaped(pattern: str, accepted: str, remedy: str) -> AfterValidator:
    """Return a check that a whole text has a form, with words for it instead of the pattern."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise refusal(accepted=accepted, remedy=remedy)
        return value

    return AfterValidator(check)


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


HostPath = Annotated[str, AfterValidator(_path), WithJsonSchema({"type": "path"})]
"""A path on the host that units, fstab and shells take without escaping."""

# `pyinfra-ollama uninstall` removes these whole (decide/removal/owned.py, with which a test
# compares them), and the home of the service's user with its models.
GOING_FOLDERS = (
    "/etc/nginx/pyinfra-ollama",
    "/etc/pyinfra-ollama",
    "/opt/ollama",
    "/usr/local/lib/pyinfra-ollama",
    "/var/cache/pyinfra-ollama-backup",
    "/var/lib/letsencrypt",
    "/var/lib/pyinfra-ollama",
    "/var/lib/pyinfra-ollama-acme",
    "/var/log/pyinfra-ollama",
)
SERVICE_HOME = "/usr/share/ollama"


def check_stays(value: str) -> str:
    """Refuse a path below a folder that an uninstall removes whole."""
    for folder in (*GOING_FOLDERS, SERVICE_HOME):
        if value == folder or value.startswith(folder + "/"):
            raise refusal(
                accepted="a path outside the folders that an uninstall removes whole",
                remedy=f"choose a path outside {folder}, such as one below /srv",
            )
    return value


StayingPath = Annotated[HostPath, AfterValidator(check_stays)]
"""A path on the host of what an uninstall does not take along."""
