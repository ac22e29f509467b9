"""Words the checks share: results of each status, sizes, the paths of a deployed host."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra_ollama.verifier.results import Detail, Result

__all__ = [
    "COMMAND",
    "HOME",
    "RELEASES",
    "UNIT",
    "USER",
    "failed",
    "listed",
    "passed",
    "size",
    "skipped",
    "unknown",
    "warned",
]

# What a deployed host looks like, written down a second time on purpose: taken from the
# deployment, a mistake there would be expected here as well.
UNIT = "ollama.service"
USER = "ollama"
HOME = "/usr/share/ollama"
RELEASES = "/opt/ollama/releases"
COMMAND = "/opt/ollama/current"


def passed(check: str, found: str, *, expected: str = "", **details: Detail) -> Result:
    return Result(check, "pass", found, expected=expected, details=details)


def failed(check: str, *, expected: str, found: str, look: str, **details: Detail) -> Result:
    return Result(check, "fail", found, expected=expected, next=look, details=details)


def warned(check: str, *, expected: str, found: str, look: str = "") -> Result:
    return Result(check, "warn", found, expected=expected, next=look)


def unknown(check: str, reason: str, *, look: str = "") -> Result:
    return Result(check, "unknown", reason, next=look)


def skipped(check: str, reason: str, *, subject: str = "") -> Result:
    return Result(check, "skipped", reason, subject=subject)


def listed(items: Iterable[str], nothing: str = "none") -> str:
    """Items in one line."""
    return ", ".join(items) or nothing


def size(count: int) -> str:
    """Bytes for people, binary: 1.5 GiB."""
    number = float(count)
    for unit in ("B", "KiB", "MiB"):
        if abs(number) < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GiB"
