"""Lines of KEY=VALUE, as most sections of a host's answer have them."""

from __future__ import annotations

from collections.abc import Iterable


def pairs(lines: Iterable[str]) -> dict[str, str]:
    """KEY=VALUE lines; the last of a key counts."""
    return dict(line.split("=", 1) for line in lines if "=" in line)


def many(lines: Iterable[str], key: str) -> list[str]:
    """All values of one key."""
    return [line.split("=", 1)[1] for line in lines if line.startswith(f"{key}=")]
