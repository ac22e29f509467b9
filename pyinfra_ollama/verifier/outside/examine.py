"""The outside checks of one gateway in their order, asking as it goes."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

from pyinfra.api.host import Host

from pyinfra_ollama.settings import Declared, Gateway, GatewaySettings, Verify
from pyinfra_ollama.verifier.checks.base import skipped
from pyinfra_ollama.verifier.gateway.asking import Inside, logged
from pyinfra_ollama.verifier.outside import checks, reaching, tls
from pyinfra_ollama.verifier.outside.asked import conclude
from pyinfra_ollama.verifier.outside.callers import Caller, callers, unknown_password
from pyinfra_ollama.verifier.outside.door import Door, DoorError
from pyinfra_ollama.verifier.outside.pool import Place, Trust
from pyinfra_ollama.verifier.outside.questions import Questions
from pyinfra_ollama.verifier.outside.rate import rate
from pyinfra_ollama.verifier.outside.reached import reached
from pyinfra_ollama.verifier.outside.streaming import CHECK as STREAMING
from pyinfra_ollama.verifier.outside.streaming import streaming
from pyinfra_ollama.verifier.outside.way import Way
from pyinfra_ollama.verifier.results import Result

__all__ = ["CHECKS", "examine"]

CHECKS = (
    "outside-ports",
    tls.CHECK,
    "outside-redirect",
    "outside-keys",
    "outside-offered",
    "outside-refused",
    "outside-headers",
    STREAMING,
    "outside-backends",
    "outside-rate",
)
_MOST_CALLERS = 100
# Red checks of the host that explain what clients see.
_EXPLAIN = (
    *("gateway-config", "gateway-ports", "backends", "firewall"),
    *("service", "listeners", "version", "models", "generate"),
)


def examine(
    host: Host,
    declared: Declared,
    seen: Inside,
    way: Way,
    *,
    generate: bool,
    slot: Callable[[], AbstractContextManager[object]],
    red: tuple[str, ...],
) -> Iterator[Result]:
    """Look at a connected host's gateway through its public address, giving results as they come.

    + seen: what its host said of it
    + red: the checks of the host that failed, which explain what is seen from outside
    """
    settings, verify = declared.gateway, declared.verify
    if settings is None:
        return
    address = reaching.address(host, settings.gateway, verify)
    if address is None:
        why = "the host is local, or behind a jump host, or forwarded; declare public_address"
        yield from (skipped(check, why) for check in CHECKS)
        return
    names = settings.gateway.server_names
    place = Place(address, settings.gateway.main_port, names[0] if names else address)
    every_red, red = red, tuple(check for check in red if check in _EXPLAIN)
    open_ports = reaching.ports(way, place, declared, red)
    yield open_ports
    if open_ports.details.get("reached") is not True:
        yield from (skipped(check, "see outside-ports") for check in CHECKS[1:])
        return
    trust: Trust | None = None
    if settings.gateway.tls is None:
        yield skipped(tls.CHECK, "no TLS is declared")
    else:
        result, trust = reaching.certificate(way, place, declared, seen, every_red)
        yield result
        if trust is None:
            yield from (
                skipped(check, "no key is sent there: see outside-tls") for check in CHECKS[2:]
            )
            return
    yield reaching.redirect(way, place, settings.gateway, red)
    with Door(way, place, trust) as door:
        yield from _asked(
            door, place, host, settings, verify, generate=generate, slot=slot, red=every_red
        )


def _asked(
    door: Door,
    place: Place,
    host: Host,
    settings: GatewaySettings,
    verify: Verify,
    *,
    generate: bool,
    slot: Callable[[], AbstractContextManager[object]],
    red: tuple[str, ...],
) -> Iterator[Result]:
    gateway = settings.gateway
    unlogged = tuple(check for check in red if check in (*_EXPLAIN, "gateway-logs"))
    red = tuple(check for check in red if check in _EXPLAIN)
    everyone = tuple(callers(gateway))[:_MOST_CALLERS]
    lines = partial(logged, host)
    if gateway.admin_networks:
        everyone = _as_seen(door, gateway, everyone, host)
    ask = Questions(door, settings, everyone)
    scheme = "https" if gateway.tls else "http"
    look = f"curl -ik {scheme}://{place}/PATH   (from here)"
    unknown = unknown_password(gateway)
    yield checks.keys(gateway, ask.strangers(), ask.declared(), unknown, look, red)
    yield checks.offered(ask.offered(), look, red)
    refused = ask.refused()
    let_through = lines([one.said.id for one in refused if one.said]) or ()
    yield checks.refused(refused, let_through, look, red)
    try:
        kinds, foreign, pages = ask.kinds(), ask.foreign(), ask.pages()
    except DoorError as error:
        yield conclude(
            "outside-headers", [str(error)], good="", expected="", look=look, red=red, silent=1
        )
    else:
        yield checks.headers(gateway, kinds, foreign, pages, look, red)
    if generate:
        yield streaming(door, everyone, settings.models, verify, slot, red)
    else:
        yield skipped(STREAMING, "loading was not asked for")
    yield reached(
        door, settings, everyone, lines, unlogged, public=verify.public_address is not None
    )
    yield rate(door, gateway, everyone, verify, red)


def _as_seen(
    door: Door, gateway: Gateway, everyone: tuple[Caller, ...], host: Host
) -> tuple[Caller, ...]:
    """The callers with the policies that they have from the address the gateway sees."""
    if not everyone:
        return everyone
    try:
        said = logged(host, [door.ask("GET", "/api/version", everyone[0]).id])
    except DoorError:
        return everyone
    own = ipaddress.ip_address(str(said[0]["address"])) if said else None
    if own and any(own in ipaddress.ip_network(text) for text in gateway.admin_networks):
        return tuple(replace(one, policy="admin") for one in everyone)
    return everyone
