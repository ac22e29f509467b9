"""Coming to a gateway's door: its address, its ports, its certificate, and where port 80 leads."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from pyinfra.api.host import Host

from pyinfra_ollama.channels import NotOpenedError
from pyinfra_ollama.engine import peer_address
from pyinfra_ollama.settings import Declared, Gateway, Verify
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, skipped, warned
from pyinfra_ollama.verifier.checks.listeners import is_loopback
from pyinfra_ollama.verifier.gateway.asking import Inside
from pyinfra_ollama.verifier.outside import checks, tls
from pyinfra_ollama.verifier.outside.asked import Asked
from pyinfra_ollama.verifier.outside.door import Door, DoorError
from pyinfra_ollama.verifier.outside.pool import CONNECT_SECONDS, Place, Trust
from pyinfra_ollama.verifier.outside.together import at_once
from pyinfra_ollama.verifier.outside.way import Way
from pyinfra_ollama.verifier.results import Result

__all__ = ["address", "certificate", "ports", "redirect"]

OLLAMA_PORT = 11434
# A firewall may say nothing at all.
CLOSED_SECONDS = 2.0


def address(host: Host, gateway: Gateway, verify: Verify) -> str | None:
    """Where clients would come; None where this machine cannot know."""
    if verify.public_address:
        return verify.public_address
    for text in gateway.listen:
        listened = ipaddress.ip_address(text)
        if not listened.is_loopback and not listened.is_unspecified:
            return text
    if all(ipaddress.ip_address(text).is_loopback for text in gateway.listen):
        return None
    reached = peer_address(host)
    # Through a forwarded port the address would be this machine's own.
    return None if reached is None or is_loopback(reached) else reached


def ports(way: Way, place: Place, declared: Declared, red: tuple[str, ...]) -> Result:
    """The declared ports take connections; the status page and Ollama itself do not."""
    assert declared.gateway is not None
    gateway = declared.gateway.gateway
    # A declared server has checks of its own for its port.
    closed = [gateway.status_port, *([] if declared.server else [OLLAMA_PORT])]
    knocked = [(port, CONNECT_SECONDS) for port in gateway.ports]
    knocked += [(port, CLOSED_SECONDS) for port in closed]
    said = at_once(lambda one: _accepts(way, place.address, *one), knocked, count=len(knocked))
    states = {port: why for (port, _), why in zip(knocked, said, strict=True)}
    wrong = [f"{port} {states[port]}" for port in gateway.ports if states[port]]
    wrong += [f"{port} is open" for port in closed if not states[port]]
    opened, shut = listed(map(str, gateway.ports)), listed(map(str, closed))
    expected = f"{opened} open at {place.address}, {shut} closed"
    reached = not states[place.port]
    if not wrong:
        found = f"{opened} open, {shut} closed at {place.address}{_from(way)}"
        return passed("outside-ports", found, expected=expected, reached=reached)
    found = f"{'; '.join(wrong)} at {place.address}{_from(way)}"
    if red:
        result = warned("outside-ports", expected=expected, found=f"{found} (red in {listed(red)})")
        return replace(result, details={"reached": reached})
    look = f"nc -vz {place.address} {place.port}   (from {way.name or 'here'})"
    return failed("outside-ports", expected=expected, found=found, look=look, reached=reached)


def _from(way: Way) -> str:
    return f", from {way.name}" if way.name else ""


def _accepts(way: Way, address: str, port: int, seconds: float) -> str:
    """Why there is no connection; empty when there is one."""
    try:
        way.open(address, port, seconds).close()
    except NotOpenedError as error:
        return f"does not answer: {error}"
    return ""


def certificate(
    way: Way, place: Place, declared: Declared, seen: Inside, red: tuple[str, ...]
) -> tuple[Result, Trust | None]:
    """Look at the certificate, and how to know the gateway by it; None where no key may go."""
    settings, verify = declared.gateway, declared.verify
    assert settings is not None
    try:
        context = tls.authority(settings, verify, seen)
        shown = tls.look(way, place, settings.gateway.server_names, context)
    except DoorError as error:
        return tls.no_tls(place, str(error), red), None
    fetching = tls.fetched(settings, declared.name, seen)
    result = tls.judge(shown, verify, place, seen, fetching, red)
    return result, tls.trust(shown, place, context, seen)


def redirect(way: Way, place: Place, gateway: Gateway, red: tuple[str, ...]) -> Result:
    """Where plain HTTP leads."""
    if gateway.tls is None or gateway.redirect_port is None:
        return skipped("outside-redirect", "none is declared")
    at = Place(place.address, gateway.redirect_port, place.name)
    path = "/api/version"
    try:
        with Door(way, at, None) as door:
            asked = Asked("nobody", "GET", path, door.ask("GET", path))
    except DoorError as error:
        asked = Asked("nobody", "GET", path, None, str(error))
    look = f"curl -i http://{at}{path}   (from here)"
    return checks.redirect(gateway, asked, place.name, look, red)
