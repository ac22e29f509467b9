"""Counters that outlive the processes they are read from.

A runner counts from nothing whenever its model is loaded again. Prometheus would not see what a
counter begins with, so the first tokens after each load would be missing: here they go on from
where the runner before stopped.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping


class Totals:
    """Sums over sources that come, go and begin anew; each has values by name."""

    def __init__(self) -> None:
        self._last: dict[Hashable, dict[tuple[str, str], float]] = {}
        self._sums: dict[tuple[str, str], float] = {}

    def begin(self, owner: str, names: Iterable[str]) -> None:
        """Have an owner's counters stand at 0 before anything was counted."""
        for name in names:
            self._sums.setdefault((owner, name), 0.0)

    def take(self, source: Hashable, owner: str, values: Mapping[str, float]) -> None:
        """Add what a source counted since it was last seen."""
        last = self._last.setdefault(source, {})
        for name, value in values.items():
            before = last.get((owner, name), 0.0)
            # One that fell has begun anew.
            grown = value - before if value >= before else value
            self._sums[owner, name] = self._sums.get((owner, name), 0.0) + grown
            last[owner, name] = value

    def knows(self, source: Hashable, owner: str) -> bool:
        """Whether a source was seen before, counting for this owner."""
        return any(each == owner for each, _ in self._last.get(source, ()))

    def note(self, source: Hashable, owner: str, values: Mapping[str, float]) -> None:
        """Take what a source has counted so far as counted already."""
        for name, value in values.items():
            self._sums.setdefault((owner, name), 0.0)
            self._last.setdefault(source, {})[owner, name] = value

    def forget(self, living: Iterable[Hashable]) -> None:
        """Keep in mind only sources that are still there."""
        kept = set(living)
        self._last = {source: last for source, last in self._last.items() if source in kept}

    def drop(self, owners: Iterable[str]) -> None:
        """Keep the sums of these owners only."""
        kept = set(owners)
        self._sums = {key: value for key, value in self._sums.items() if key[0] in kept}

    def sums(self, name: str) -> dict[str, float]:
        """What was counted under a name, by owner."""
        return {owner: value for (owner, each), value in self._sums.items() if each == name}
