"""What would change of the exporters and the observer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyinfra_ollama.decide.monitoring.state import Need
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.steps import Step


def units(step: Step, needs: Iterable[Need]) -> Iterator[Change]:
    """Units that are started, started anew or reloaded."""
    for need in needs:
        yield Change(step, need.action, need.unit, why=need.reasons)
