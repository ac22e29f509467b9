"""What was measured of the gateway, as it is kept in JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench import kept

KIND, SCHEMA = "gateway", 1
KEPT, NEW = "kept", "new"
PACED, MODEL = "paced", "model"


@dataclass(frozen=True)
class Pairs:
    """Seconds to the first word, each pair asked directly and through the gateway in a row."""

    connection: str
    direct: tuple[float, ...]
    gateway: tuple[float, ...]

    @property
    def added(self) -> list[float]:
        """What the gateway added, pair by pair."""
        return [late - soon for soon, late in zip(self.direct, self.gateway, strict=True)]

    @property
    def median_added(self) -> float:
        """The middle one."""
        return median(self.added)

    @property
    def most_added(self) -> float:
        """Nine of ten pairs were at or below it."""
        return quantiles(self.added, n=10)[-1]


@dataclass(frozen=True)
class Rates:
    """Words a second of one load, in rounds: one way, and the other right after it."""

    load: str
    one: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times as fast the other way is: the middle one of all rounds."""
        return median(b / a for a, b in zip(self.one, self.other, strict=True))


@dataclass(frozen=True)
class Results:
    """One run: `first` words, `streams` direct and through, one backend and three."""

    measured: str
    machine: dict[str, str]
    versions: dict[str, str]
    first: tuple[Pairs, ...] = ()
    streams: tuple[Rates, ...] = ()
    backends: tuple[Rates, ...] = ()
    kind: str = field(default=KIND)
    schema: int = field(default=SCHEMA)

    def pairs(self, connection: str) -> Pairs | None:
        """The pairs over such connections, if they were measured."""
        return next((found for found in self.first if found.connection == connection), None)

    def rates(self, load: str) -> Rates | None:
        """The streams of such a load, if they were measured."""
        return next((found for found in self.streams if found.load == load), None)


def load(path: Path) -> Results:
    """Read what was kept; ValueError when it is something else."""
    data = kept.read(path, KIND, SCHEMA)
    data["first"] = tuple(
        Pairs(row["connection"], tuple(row["direct"]), tuple(row["gateway"]))
        for row in data["first"]
    )
    for name in ("streams", "backends"):
        data[name] = tuple(
            Rates(row["load"], tuple(row["one"]), tuple(row["other"])) for row in data[name]
        )
    return Results(**data)
