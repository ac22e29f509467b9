"""Prometheus' text format 0.0.4, written and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PLAIN = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? +(\S+)")


@dataclass
class Family:
    """All samples of one metric. `kind` is gauge, counter or histogram."""

    name: str
    kind: str
    text: str
    samples: list[tuple[str, Mapping[str, str], float]] = field(default_factory=list)

    def add(self, value: float, suffix: str = "", /, **labels: str) -> None:
        """Add one sample; `suffix` is that of a histogram's series."""
        self.samples.append((suffix, labels, value))


def render(families: Iterable[Family]) -> str:
    """The families as one page; one without samples is left out."""
    return "".join(line for family in families if family.samples for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.text}\n# TYPE {family.name} {family.kind}\n"
    for suffix, labels, value in family.samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{family.name}{suffix}{f'{{{inside}}}' if inside else ''} {number(value)}\n"


def number(value: float) -> str:
    """A value without an exponent or a useless `.0`, where it has none to show."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def values(page: str) -> dict[str, float]:
    """The samples of a page by name, labels left out; what is no number is skipped."""
    found = {}
    for line in page.splitlines():
        match = _PLAIN.match(line)
        if match:
            try:
                found[match[1]] = float(match[2])
            except ValueError:
                continue
    return found
