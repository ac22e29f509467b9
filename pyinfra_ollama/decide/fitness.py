"""Whether a host is fit for what it is besides a server."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot


def of_roles(declared: Declared, snapshot: Snapshot) -> Iterator[Finding]:
    """What is worth saying of its gateway, its firewall and its observer."""
    # All of it takes its time to import, and most hosts have none.
    if declared.gateway:
        from pyinfra_ollama.decide.gateway.preflight import findings as of_gateway

        yield from of_gateway(declared.gateway, snapshot)
    if declared.firewall:
        from pyinfra_ollama.decide.firewall import findings as of_firewall

        yield from of_firewall(declared, snapshot)
    if declared.observer:
        from pyinfra_ollama.decide.monitoring.preflight import findings as of_observer

        yield from of_observer(declared.observer, snapshot)
