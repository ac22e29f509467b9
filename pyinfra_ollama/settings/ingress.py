"""What the roles of a host have its firewall let in: clients of a gateway, gateways of a server."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from pydantic import ValidationError

from .backends import Inventory
from .base import Setting
from .firewall import Firewall, overlap
from .gateway import Gateway
from .network import is_loopback
from .ollama import Ollama
from .openings import Opening, exposed
from .problems import Problem
from .resolve import backend_names


def opened(
    host: str, parts: Mapping[str, Setting], inventory: Inventory
) -> tuple[tuple[Opening, ...], list[Problem]]:
    """What the firewall of a host lets in besides what it declares, and what is wrong with it.

    + parts: what the host's data declares, by variable
    + inventory: every host, also those that are no part of the run
    """
    firewall, ollama, gateway = (parts.get(name) for name in ("firewall", "ollama", "gateway"))
    if not isinstance(firewall, Firewall):
        return (), []
    clients = of_gateway(gateway, firewall) if isinstance(gateway, Gateway) else ()
    # What is wrong with those is said where they are resolved.
    if "metrics" in parts:
        from .observing import resolve_metrics

        metrics, _ = resolve_metrics(host, parts, inventory)
        if metrics and metrics.is_open:
            port = str(metrics.metrics.port)
            clients = (*clients, Opening(port, "tcp", metrics.observers, "observers"))
    if not isinstance(ollama, Ollama):
        return clients, []
    gateways, problems = of_server(host, ollama, inventory)
    return (*clients, *gateways), problems + _to_everybody(host, firewall, ollama)


def _to_everybody(host: str, firewall: Firewall, ollama: Ollama) -> list[Problem]:
    rule = exposed(firewall, ollama.port)
    if rule is None:
        return []
    return [
        Problem(
            hosts=(host,),
            path=f"firewall.allow[{firewall.allow.index(rule)}]",
            seen=f"port {rule.port} open to everybody",
            accepted=f"networks that may reach the server's port {ollama.port}",
            remedy="name them, as in networks=['10.0.0.5'], or leave the rule out: Ollama has no "
            "authentication, so whoever reaches this port can use, replace and delete models",
        )
    ]


def of_gateway(gateway: Gateway, firewall: Firewall) -> tuple[Opening, ...]:
    """The ports for its clients; one that the firewall's declaration names is as it says there."""
    if all(is_loopback(address) for address in gateway.listen):
        return ()
    return tuple(
        Opening(str(port), "tcp", None, "gateway")
        for port in gateway.ports
        if not any(one.protocol == "tcp" and overlap(one.port, str(port)) for one in firewall.allow)
    )


def of_server(
    host: str, ollama: Ollama, inventory: Inventory
) -> tuple[tuple[Opening, ...], list[Problem]]:
    """The server's port for every gateway of the inventory that hands requests to it."""
    if is_loopback(ollama.host):
        return (), []
    openings, problems = [], []
    for name, data in inventory.data.items():
        if name == host or data.get("gateway") is None:
            continue
        try:
            # Without fetching secrets: those of other hosts are none of this one's business.
            gateway = Gateway.model_validate(data["gateway"])
        except ValidationError:
            problems.append(_unknown(host, name, "whose Gateway(...) is not valid"))
            continue
        if host not in backend_names(gateway, inventory):
            continue
        addresses = gateway.source_addresses or _address(name, data)
        if addresses:
            openings.append(Opening(str(ollama.port), "tcp", addresses, _purpose(name)))
        else:
            problems.append(_unknown(host, name, "whose address is not known"))
    return tuple(openings), problems


def _purpose(name: str) -> str:
    """What ufw shows beside the rule; inventories have names that a comment cannot hold."""
    return f"gateway {name}" if re.fullmatch(r"[A-Za-z0-9._-]{1,60}", name) else "gateway"


def _address(name: str, data: Mapping[str, object]) -> tuple[str, ...]:
    """The address by which SSH reaches the gateway, where it is written as one."""
    given = str(data.get("ssh_hostname") or name)
    try:
        return (str(ipaddress.ip_address(given)),)
    except ValueError:
        return ()


def _unknown(host: str, gateway: str, why: str) -> Problem:
    return Problem(
        hosts=(host,),
        path="firewall",
        seen=f"the gateway {gateway!r}, {why}",
        accepted="the addresses from which a gateway reaches this server",
        remedy=f"write source_addresses=['10.0.0.2'] in Gateway(...) of {gateway}",
    )
