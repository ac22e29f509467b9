"""Sizes and durations as people and Ollama write them.

Sizes are binary throughout: ``8G`` is 8 * 1024**3 bytes, as in systemd units and fallocate.
Durations follow Go's ``time.ParseDuration`` with the fallback of Ollama 0.33.0
(``envconfig/config.go``): a bare whole number counts seconds.
Every function raises ``ValueError`` with a message that says what is accepted.
"""

from __future__ import annotations

import re
from fractions import Fraction

KIB = 1024
MIB = 1024**2
GIB = 1024**3

SIZE_SHAPE = "a size such as '8G', '512M' or '1.5G' (binary units B, K, M, G, T), or whole bytes"
DURATION_SHAPE = "a Go duration such as '5m', '90s' or '1h30m', or whole seconds"

_MULTIPLES = {"": 1, "B": 1, "K": KIB, "M": MIB, "G": GIB, "T": 1024**4}
_SIZE = re.compile(r"(?P<number>[0-9]{1,19}(?:\.[0-9]{1,9})?) ?(?P<unit>[A-Za-z]{0,3})")
_LARGEST = 2**63 - 1

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # micro sign, U+00B5
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DURATION_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def parse_size(value: object) -> int:
    """Return bytes for ``"8G"``, ``"1.5 GiB"``, ``"512m"`` or a whole number of bytes.

    ``GB`` is refused: it means 1000**3 to some and 1024**3 to others.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"expected {SIZE_SHAPE}")
    if isinstance(value, int):
        size = Fraction(value)
    else:
        match = _SIZE.fullmatch(value.strip())
        if match is None:
            raise ValueError(f"expected {SIZE_SHAPE}")
        unit = match["unit"].upper()
        short = unit.removesuffix("IB") if len(unit) == 3 else unit
        if short not in _MULTIPLES:
            if len(unit) == 2 and unit[1] == "B" and unit[0] in _MULTIPLES:
                raise ValueError(
                    f"'{match['unit']}' is ambiguous (1000 or 1024); write '{unit[0]}' or "
                    f"'{unit[0]}iB' for the binary unit"
                )
            raise ValueError(f"expected {SIZE_SHAPE}")
        size = Fraction(match["number"]) * _MULTIPLES[short]
    if size < 0:
        raise ValueError("a size cannot be negative")
    if size > _LARGEST:
        raise ValueError("a size cannot be 8 EiB or more")
    return int(size)


def format_size(size: int) -> str:
    """Return the shortest exact form that :func:`parse_size` reads back: ``8G``, ``1536M``."""
    for unit in ("T", "G", "M", "K"):
        if size and size % _MULTIPLES[unit] == 0:
            return f"{size // _MULTIPLES[unit]}{unit}"
    return str(size)


def human_size(size: int) -> str:
    """Return a rounded form for messages: ``7.6 GiB``, ``512 MiB``, ``98 B``."""
    for unit in ("T", "G", "M", "K"):
        if abs(size) >= _MULTIPLES[unit]:
            number = f"{size / _MULTIPLES[unit]:.1f}".removesuffix(".0")
            return f"{number} {unit}iB"
    return f"{size} B"


def parse_duration(value: object) -> int:
    """Return nanoseconds for a Go duration, or for a bare whole number of seconds.

    Negative values are returned as they are; what they mean is the reader's business (Ollama
    takes a negative keep-alive as "for ever").
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"expected {DURATION_SHAPE}")
    text = str(value).strip()
    if _WHOLE.fullmatch(text):
        nanoseconds = int(text) * _NANOSECONDS["s"]
    else:
        sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
        parts = _DURATION_PART.findall(rest)
        if not parts or "".join(number + unit for number, unit in parts) != rest:
            raise ValueError(f"expected {DURATION_SHAPE}")
        nanoseconds = sign * int(sum(Fraction(n) * _NANOSECONDS[unit] for n, unit in parts))
    # Beyond int64 Go refuses the value, or silently wraps it when it is a bare number.
    if abs(nanoseconds) > _LARGEST:
        raise ValueError(f"expected {DURATION_SHAPE}, below 292 years")
    return nanoseconds


def duration_seconds(value: object) -> float:
    """Return the seconds of a Go duration; a fraction is kept."""
    return parse_duration(value) / _NANOSECONDS["s"]


def ago(seconds: float) -> str:
    """How long something is past, in one number for people: "90 s ago", "3 hours ago"."""
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"
