"""Looking at a server from outside: does its API answer at a public address?"""

from __future__ import annotations

import ipaddress
import json

from pyinfra.api.host import Host

from pyinfra_ollama.channels import NotOpenedError
from pyinfra_ollama.engine import peer_address
from pyinfra_ollama.settings import Declared, HostSettings, openings, overlap
from pyinfra_ollama.settings.openings import EVERYBODY
from pyinfra_ollama.verifier.checks.listeners import Outside, is_loopback
from pyinfra_ollama.verifier.outside.door import Door, DoorError
from pyinfra_ollama.verifier.outside.pool import Place
from pyinfra_ollama.verifier.outside.way import Way

__all__ = ["is_let_in", "look"]

LOOK_SECONDS = 2.0


def look(host: Host, settings: HostSettings, way: Way) -> Outside | None:
    """Try the declared port from outside; None where there is no own way to the host.

    At the declared address, or at the one SSH uses when the server is on loopback or on all
    addresses. A connection alone counts as reachable: whatever accepts it forwards somewhere.
    """
    address, port = settings.ollama.listen
    declared = ipaddress.ip_address(address)
    if declared.is_loopback or declared.is_unspecified:
        reached = peer_address(host)
        # Through a forwarded port the address would be this machine's own.
        if reached is None or is_loopback(reached):
            return None
        address = reached
    try:
        way.open(address, port, LOOK_SECONDS).close()
    except NotOpenedError as error:
        return Outside(address, port, accepts=False, said=f"does not answer: {error}")
    return _version(way, Place(address, port, address))


def is_let_in(
    declared: Declared, settings: HostSettings, seen: Outside | None, way: Way
) -> bool | None:
    """Whether the declared firewall lets us to the server's port; None where we cannot know."""
    if declared.firewall is None or seen is None:
        return True
    port = str(settings.ollama.port)
    rules = [
        one for one in (*declared.opened, *openings(declared.firewall)) if one.protocol == "tcp"
    ]
    networks = [one.networks or EVERYBODY for one in rules if overlap(one.port, port)]
    source = way.source(seen.address)
    if source is None:
        return None
    own = ipaddress.ip_address(source)
    return any(own in ipaddress.ip_network(text) for some in networks for text in some)


def _version(way: Way, place: Place) -> Outside:
    address, port = place.address, place.port
    try:
        with Door(way, place, None) as door:
            version = str(json.loads(door.ask("GET", "/api/version").body)["version"])
    except (DoorError, ValueError, KeyError, TypeError):
        said = "accepts connections, without a version of Ollama"
        return Outside(address, port, accepts=True, said=said)
    return Outside(address, port, accepts=True, said=f"answers with {version}", version=version)
