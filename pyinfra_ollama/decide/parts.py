"""What preflight says of the parts that only some hosts declare."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot


def findings(declared: Declared, snapshot: Snapshot) -> Iterator[Finding]:
    """Everything worth saying about gateway, firewall, observer and backup."""
    # Each takes its time to import, and most hosts have none of them.
    if declared.gateway:
        from pyinfra_ollama.decide.gateway.preflight import findings as of_gateway

        yield from of_gateway(declared.gateway, snapshot)
    if declared.firewall:
        from pyinfra_ollama.decide.firewall import findings as of_firewall

        yield from of_firewall(declared, snapshot)
    if declared.observer:
        from pyinfra_ollama.decide.monitoring.preflight import findings as of_observer

        yield from of_observer(declared.observer, snapshot)
    if declared.backup:
        from pyinfra_ollama.decide.backup.state import findings as of_backup

        yield from of_backup(declared, snapshot)
