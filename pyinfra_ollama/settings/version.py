"""Versions of Ollama that this package installs."""

from __future__ import annotations

import re

from .base import refusal

DEFAULT_VERSION = "0.33.0"
SAFE_SINCE = (0, 17, 1)
"""The first version without CVE-2026-7482 (memory leaks out through /api/create and /api/push)."""

FIRST_ZSTANDARD = (0, 14, 0)
"""The first version seen to be released as .tar.zst (scripts/build_linux.sh)."""

_VERSION = re.compile(
    r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})(-rc[0-9]{1,3})?"
)


def version_key(version: str) -> tuple[int, int, int, int]:
    """Return what versions sort by; a release candidate comes before its release.

    Raises ``ValueError`` for anything that is not X.Y.Z or X.Y.Z-rcN.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"not a version of Ollama: {version!r}")
    candidate = int(match[4].removeprefix("-rc")) if match[4] else 1000
    return int(match[1]), int(match[2]), int(match[3]), candidate


def check_version(version: str, *, allow_vulnerable: bool | None) -> str:
    """Return a version that can be installed; ``None`` means the permission is itself invalid."""
    try:
        key = version_key(version)
    except ValueError:
        raise refusal(
            accepted="a version such as '0.33.0' or '0.34.0-rc1'",
            remedy="write the version without 'v' in front and without words such as 'latest', "
            "so that every run installs the same one",
        ) from None
    if key[:3] < FIRST_ZSTANDARD:
        raise refusal(
            accepted="0.17.1 or later (with allow_vulnerable=True 0.14.0 or later)",
            remedy=f"write version='{DEFAULT_VERSION}': older releases are packed in another form",
        )
    if key[:3] < SAFE_SINCE and allow_vulnerable is False:
        raise refusal(
            accepted="0.17.1 or later",
            remedy=f"write version='{DEFAULT_VERSION}': this one has the serious hole "
            "CVE-2026-7482; allow_vulnerable=True installs it all the same",
        )
    return version
