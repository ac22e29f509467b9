"""What is on a host already and must not be run over: for preflight."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide import account, swap
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


def findings(settings: HostSettings, snapshot: Snapshot) -> Iterator[Finding]:
    """Only what is worth saying."""
    yield from _swap(settings, snapshot)
    for seen, remedy in account.obstacles(settings, snapshot):
        yield Finding("failure", "account", seen, remedy)


def _swap(settings: HostSettings, snapshot: Snapshot) -> Iterator[Finding]:
    declared = settings.swap
    if declared is None:
        return
    reason = swap.barrier(declared, snapshot)
    if reason:
        remedy = "set swap = None for this host; until then it runs without"
        yield Finding("warning", "swap", reason, remedy)
        return
    try:
        swap.need(declared, snapshot)
    except RefusedError as refusal:
        yield Finding("failure", "swap", str(refusal))
