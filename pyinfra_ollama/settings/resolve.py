"""From the names of backends to the servers that requests go to, by all hosts' declarations."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from pydantic import ValidationError

from .backends import Backend, Inventory, ResolvedBackend
from .gateway import Gateway
from .network import is_loopback
from .ollama import Ollama
from .problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """The validated gateway of one host, and what it hands requests to.

    `log_max`: bytes at which its logs are rotated before their day; None is at no size.
    """

    gateway: Gateway
    backends: tuple[ResolvedBackend, ...]
    log_max: int | None = None

    @property
    def is_routed(self) -> bool:
        """Whether backends declare different models, so that a request's model decides."""
        return len({frozenset(backend.models) for backend in self.backends}) > 1

    @property
    def reads_models(self) -> bool:
        """Whether the gateway has to read which model a request names."""
        return self.is_routed or any(key.models for key in self.gateway.keys)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that any backend declares, in the order of the backends."""
        return tuple(dict.fromkeys(name for b in self.backends for name in b.models))


class _RefusedError(Exception):
    """What is wrong with one backend."""

    def __init__(self, **words: str) -> None:
        super().__init__()
        self.words = words


def resolve(
    host: str, gateway: Gateway, inventory: Inventory
) -> tuple[GatewaySettings, list[Problem]]:
    """Return the gateway of a host with its backends, and what is wrong with them."""
    found: dict[str, ResolvedBackend] = {}
    problems = []
    for position, declared in enumerate(gateway.backends or (Backend(host=host),)):
        own = not gateway.backends
        try:
            for name in _hosts(declared, inventory):
                found[name] = _resolved(name, declared, host, inventory, own=own)
        except _RefusedError as refused:
            path = "gateway" if own else f"gateway.backends[{position}]"
            problems.append(Problem(hosts=(host,), path=path, **refused.words))
    backends = tuple(found.values())
    problems += _ports_taken(host, gateway, inventory)
    if backends and not problems and all(backend.drain for backend in backends):
        problems.append(
            Problem(
                hosts=(host,),
                path="gateway.backends",
                seen="no backend but those being drained",
                accepted="at least one that takes requests",
                remedy="take drain=True off one of them",
            )
        )
    return GatewaySettings(gateway=gateway, backends=backends), problems


def _ports_taken(host: str, gateway: Gateway, inventory: Inventory) -> list[Problem]:
    """A port that the host's own Ollama is to have as well."""
    try:
        ollama = Ollama.model_validate(inventory.data.get(host, {}).get("ollama"))
    except ValidationError:
        return []
    places = [(address, port) for address in gateway.listen for port in gateway.ports]
    for address, port in (*places, ("127.0.0.1", gateway.status_port)):
        if port == ollama.port and _meet(address, ollama.host):
            field = "status_port" if port == gateway.status_port else "port"
            return [
                Problem(
                    hosts=(host,),
                    path=f"gateway.{field}",
                    seen=f"{port}, the port of the host's own Ollama",
                    accepted="a port that nothing else has",
                    remedy=f"write another number for {field}, or another port in Ollama(...)",
                )
            ]
    return []


def _meet(ours: str, of_ollama: str) -> bool:
    """Whether two programs cannot both listen on a port of these addresses."""
    one, other = ipaddress.ip_address(ours), ipaddress.ip_address(of_ollama)
    if one.is_unspecified or other.is_unspecified:
        return one.version == other.version or of_ollama == "::"
    return one == other


def backend_names(gateway: Gateway, inventory: Inventory) -> frozenset[str]:
    """The hosts that a gateway names as backends; what it misnames is left out."""
    found: set[str] = set()
    for declared in gateway.backends:
        with suppress(_RefusedError):
            found.update(_hosts(declared, inventory))
    return frozenset(found)


def _hosts(declared: Backend, inventory: Inventory) -> Iterator[str]:
    name = declared.host
    if name in inventory.data:
        yield name
    elif inventory.groups.get(name):
        yield from inventory.groups[name]
    elif name in inventory.groups:
        _refuse(
            seen=f"the group {name!r}, which has no hosts",
            accepted="a group with hosts",
            remedy="add hosts to it in the inventory, or name another",
        )
    else:
        known = ", ".join(sorted({*inventory.data, *inventory.groups} - {"all"}))
        _refuse(
            seen=repr(name),
            accepted=f"a host or group of the inventory: {known}",
            remedy="correct the name, or add the host to the inventory",
        )


def _resolved(
    name: str, declared: Backend, gateway_host: str, inventory: Inventory, *, own: bool
) -> ResolvedBackend:
    data = inventory.data.get(name, {})
    value = data.get("ollama")
    if value is None:
        _refuse(
            seen="no Ollama on this host" if own else f"{name!r}, which has no Ollama",
            accepted="backends that declare ollama = Ollama(...)",
            remedy="write backends=['NAME'] in Gateway(...), or ollama = Ollama(...) for the host",
        )
    try:
        # Without fetching secrets: those of other hosts are none of this one's business.
        ollama = Ollama.model_validate(value)
    except ValidationError:
        _refuse(
            seen=f"{name!r}, whose Ollama(...) is not valid",
            accepted="backends with a valid declaration",
            remedy=f"correct the group data of {name}",
        )
    return ResolvedBackend(
        name=name,
        address=_address(name, ollama, data, here=name == gateway_host),
        port=ollama.port,
        weight=declared.weight,
        drain=declared.drain,
        models=tuple(model.canonical for model in ollama.models),
    )


def _address(name: str, ollama: Ollama, data: object, *, here: bool) -> str:
    """Where the gateway reaches an Ollama."""
    everywhere = ipaddress.ip_address(ollama.host).is_unspecified
    if here:
        return "127.0.0.1" if everywhere else ollama.host
    if is_loopback(ollama.host):
        _refuse(
            seen=f"{name!r}, whose Ollama listens on {ollama.host} only",
            accepted="backends that listen on an address which the gateway reaches",
            remedy=f"write Ollama(host='ADDRESS', allow_non_loopback=True) for {name}, and let a "
            "firewall open its port to the gateway alone",
        )
    if everywhere:
        ssh = data.get("ssh_hostname") if isinstance(data, dict) else None
        return str(ssh or name)
    return ollama.host


def _refuse(*, seen: str, accepted: str, remedy: str) -> NoReturn:
    raise _RefusedError(seen=seen, accepted=accepted, remedy=remedy)
