"""Values in the units that the dashboard names, as short as Grafana would say them."""

from __future__ import annotations

from collections.abc import Sequence

_TIMES = (
    (31_557_600, "years"),
    (604_800, "weeks"),
    (86_400, "days"),
    (3_600, "h"),
    (60, "min"),
    (1, "s"),
    (1e-3, "ms"),
    (1e-6, "µs"),
)
_BYTES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_COUNTS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def words(value: float, unit: str) -> str:
    """A value with its unit; ValueError for a unit that is not known here."""
    match unit:
        case "s":
            return _scaled(value, _TIMES, "s")
        case "bytes":
            return _scaled(value, _BYTES, "B")
        case "percentunit":
            return f"{_number(value * 100)} %"
        case "reqps":
            return f"{_number(value)} req/s"
        case "short":
            return _scaled(value, _COUNTS, "")
        case "none":
            return _number(value)
    if unit.startswith("suffix:"):
        return f"{_number(value)} {unit.removeprefix('suffix:')}"
    raise ValueError(f"unit {unit!r}: its words are not known here")


def _scaled(value: float, scales: Sequence[tuple[float, str]], least: str) -> str:
    for size, name in scales:
        if abs(value) >= size:
            return f"{_number(value / size)} {name}"
    return f"{_number(value)} {least}".strip()


def _number(value: float) -> str:
    """Three digits, and no more zeros than there are."""
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return "0" if float(text) == 0 else text
