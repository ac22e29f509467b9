"""What was measured of the exporters, as it is kept in JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from bench import kept

KIND, SCHEMA = "metrics", 1
OWN, NODE, NGINX = "ollama-exporter", "prometheus-node-exporter", "prometheus-nginx-exporter"


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time by program, over so many seconds, asked every `interval` of them.

    `requests`: how many went through the gateway meanwhile, each a line to read.
    """

    interval: float
    scrapes: int
    seconds: float
    requests: int
    cpu: dict[str, float]

    def percent(self, program: str) -> float:
        """Of one core."""
        return 100 * self.cpu[program] / self.seconds


@dataclass(frozen=True)
class Round:
    """Seconds to the first words of requests one after the other, not observed and observed."""

    alone: tuple[float, ...]
    observed: tuple[float, ...]

    @property
    def added(self) -> float:
        """To the middle one."""
        return median(self.observed) - median(self.alone)


@dataclass(frozen=True)
class Results:
    """One run; `rounds` with a scrape every `every` seconds."""

    measured: str
    machine: dict[str, str]
    versions: dict[str, str]
    cost: Cost | None = None
    every: float = 0.0
    rounds: tuple[Round, ...] = ()
    kind: str = field(default=KIND)
    schema: int = field(default=SCHEMA)

    @property
    def added(self) -> float | None:
        """Seconds that being observed added to the first word: the middle one of all rounds."""
        return median(one.added for one in self.rounds) if self.rounds else None

    @property
    def drift(self) -> float:
        """How far the middle of a round's requests is from the next one's while nobody asks."""
        middles = [median(one.alone) for one in self.rounds]
        return median([abs(b - a) for a, b in pairwise(middles)] or [0.0])

    def of(self, observed: bool) -> tuple[float, float]:
        """The middle one of all requests, and that which 99 of 100 are not above."""
        found = [one for r in self.rounds for one in (r.observed if observed else r.alone)]
        return median(found), quantiles(found, n=100)[-1]


def load(path: Path) -> Results:
    """Read what was kept; ValueError when it is something else."""
    data = kept.read(path, KIND, SCHEMA)
    data["cost"] = Cost(**data["cost"]) if data["cost"] else None
    data["rounds"] = tuple(
        Round(tuple(row["alone"]), tuple(row["observed"])) for row in data["rounds"]
    )
    return Results(**data)
