"""What was measured, as it is kept in JSON: numbers, and the machine they came from.

Imports nothing but the standard library, so that the picture can be drawn in an environment
that has matplotlib and not this package.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

SCHEMA = 1
PACKAGE, PLAIN, ANSIBLE, FLOOR = "package", "plain", "ansible", "floor"
LABELS = {
    FLOOR: "floor (connect, run `true`)",
    PACKAGE: "pyinfra-ollama",
    PLAIN: "plain pyinfra",
    ANSIBLE: "Ansible",
}
"""The contestants, in the order in which tables show them."""


@dataclass(frozen=True)
class Series:
    """The times of one contestant on so many hosts."""

    contestant: str
    hosts: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one; with an even count, between the two middle ones."""
        return median(self.seconds)

    @property
    def runs(self) -> int:
        """How often it was measured."""
        return len(self.seconds)


@dataclass(frozen=True)
class Count:
    """Commands that a converged run sends to a host, for the host with the most of them."""

    contestant: str
    hosts: int
    commands: int
    transfers: int = 0


@dataclass(frozen=True)
class Results:
    """One run of the benchmark."""

    measured: str
    machine: dict[str, str]
    versions: dict[str, str]
    runs: int
    converged: tuple[Series, ...] = ()
    first: tuple[Series, ...] = ()
    counts: tuple[Count, ...] = ()
    proofs: tuple[str, ...] = ()
    schema: int = field(default=SCHEMA)

    def series(self, contestant: str, hosts: int, *, first: bool = False) -> Series | None:
        """What was measured of a contestant on so many hosts, if anything."""
        for series in self.first if first else self.converged:
            if (series.contestant, series.hosts) == (contestant, hosts) and series.seconds:
                return series
        return None

    def count(self, contestant: str) -> Count | None:
        """How many commands a contestant sends to a host, on the most hosts it was counted on."""
        found = [count for count in self.counts if count.contestant == contestant]
        return max(found, key=lambda count: count.hosts, default=None)

    def sizes(self, *, first: bool = False) -> list[int]:
        """On how many hosts anything was measured, ascending."""
        return sorted({series.hosts for series in (self.first if first else self.converged)})

    def ratio(self, contestant: str, other: str, hosts: int) -> float | None:
        """How many times as long a contestant takes as another, by medians, converged."""
        one, two = self.series(contestant, hosts), self.series(other, hosts)
        return one.median / two.median if one and two else None


def hosts(count: int) -> str:
    """So many, for people."""
    return "1 host" if count == 1 else f"{count} hosts"


def save(results: Results, path: Path) -> None:
    """Write the results as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dataclasses.asdict(results), indent=2) + "\n")


def load(path: Path) -> Results:
    """Read what `save` wrote; ValueError when it is another schema's."""
    data: dict[str, Any] = json.loads(path.read_text())
    if data.get("schema") != SCHEMA:
        raise ValueError(f"{path} has schema {data.get('schema')!r}, not {SCHEMA}: measure anew")
    for name in ("converged", "first"):
        data[name] = tuple(_series(row) for row in data[name])
    data["counts"] = tuple(Count(**row) for row in data["counts"])
    data["proofs"] = tuple(data["proofs"])
    return Results(**data)


def _series(row: dict[str, Any]) -> Series:
    seconds: Sequence[float] = row["seconds"]
    return Series(row["contestant"], row["hosts"], tuple(seconds))
