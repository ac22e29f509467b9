"""Looking at a host's metrics from outside: who is answered, and what is not reached at all."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from pyinfra.api.host import Host

from pyinfra_ollama.channels import NotOpenedError
from pyinfra_ollama.engine import peer_address
from pyinfra_ollama.settings import MetricsSettings
from pyinfra_ollama.verifier.checks.metrics import LOCAL
from pyinfra_ollama.verifier.outside.door import Door, DoorError
from pyinfra_ollama.verifier.outside.pool import Place
from pyinfra_ollama.verifier.outside.way import Way

__all__ = ["Reached", "look"]

LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Reached:
    """`source`: the address that we come from, where it is known; `answers`: whether metrics do.

    `local`: which of the ports that are loopback's take connections, by name.
    """

    address: str
    source: str | None
    answers: bool
    local: Mapping[str, bool]


def look(host: Host, settings: MetricsSettings, way: Way) -> Reached | None:
    """Try the ports from outside; None where there is no own way to the host."""
    address = settings.address
    declared = ipaddress.ip_address(address)
    if declared.is_loopback or declared.is_unspecified:
        reached = peer_address(host)
        # Through a forwarded port the address would be this machine's own.
        if reached is None or ipaddress.ip_address(reached).is_loopback:
            return None
        address = reached
    return Reached(
        address=address,
        source=way.source(address),
        answers=_answers(way, Place(address, settings.metrics.port, address)),
        local={name: _accepts(way, address, port) for name, port in LOCAL.items()},
    )


def _accepts(way: Way, address: str, port: int) -> bool:
    try:
        way.open(address, port, LOOK_SECONDS).close()
    except NotOpenedError:
        return False
    return True


def _answers(way: Way, place: Place) -> bool:
    """Whether there is an answer; one who is hung up on has none."""
    if not _accepts(way, place.address, place.port):
        return False
    try:
        with Door(way, place, None) as door:
            door.ask("GET", "/stamp")
    except DoorError:
        return False
    return True
