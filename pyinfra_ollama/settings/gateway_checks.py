"""Checks of the gateway's settings that concern several of its fields."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationInfo

from .base import LOADING, refusal
from .callers import Key, User
from .certificates import Acme, OwnCertificate, Tls
from .kinds import shaped
from .secrets import known

SERVER_NAME = shaped(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"|[0-9a-f]*:[0-9a-f:]+",
    "a DNS name in small letters such as 'llm.example.com', or an address",
    "write the name alone, without scheme, port and path",
)


def is_address(name: str) -> bool:
    """Return whether a server's name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def addresses(value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """Return the addresses in their usual form, each once."""
    if not value and info.field_name == "listen":
        raise refusal(
            accepted="at least one address",
            remedy="leave the field out for all",
            seen="an empty list",
        )
    for position, text in enumerate(value):
        if not is_address(text) or (
            info.field_name == "source_addresses" and ipaddress.ip_address(text).is_unspecified
        ):
            every = ", '0.0.0.0' or '::'" if info.field_name == "listen" else ""
            raise refusal(
                accepted=f"IP addresses of the host, such as '10.0.0.5'{every}",
                remedy="write addresses without ports; the port is the field port",
                seen=f"[{position}] {text!r}",
            )
    return tuple(dict.fromkeys(str(ipaddress.ip_address(text)) for text in value))


def networks(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks in their usual form."""
    for position, text in enumerate(value):
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            network = None
        if network is None or network.prefixlen == 0:
            raise refusal(
                accepted="networks such as '10.0.0.0/8' or '192.168.1.7', and not all addresses",
                remedy="write the network's first address and the length of its prefix",
                seen=f"[{position}] {text!r}",
            )
    return tuple(str(ipaddress.ip_network(text)) for text in value)


def tls(value: Tls | None, info: ValidationInfo) -> Tls | None:
    """Return the way to a certificate, once it is fit for the declared names."""
    names = info.data.get("server_names", ())
    if value is None and _public(info) and info.data.get("allow_plain") is False:
        raise refusal(
            accepted="TLS on addresses that other machines reach",
            remedy="leave the field out for a certificate of the gateway's own, or add "
            "allow_plain=True where something else does TLS in front of it",
        )
    if isinstance(value, Acme):
        dns = [name for name in names if not is_address(name)]
        if not dns or len(dns) < len(names):
            raise refusal(
                accepted="DNS names in server_names, since an ACME authority certifies only these",
                remedy="write server_names=['llm.example.com']",
                seen=f"Acme(...) with server_names={list(names)!r}",
            )
    if isinstance(value, OwnCertificate) and info.context == LOADING:
        missing = [name for name in names if not covers(value.names(), name)]
        if missing:
            raise refusal(
                accepted="a certificate for every name in server_names",
                remedy=f"have one issued that names {', '.join(missing)}, or correct server_names",
                seen=f"one for {', '.join(sorted(value.names())) or 'no name at all'}",
            )
    return value


def covers(names: frozenset[str], wanted: str) -> bool:
    """Return whether a certificate for these names is one for another, wildcards included."""
    return wanted in names or f"*.{wanted.partition('.')[2]}" in names


def port(value: int | None, info: ValidationInfo) -> int | None:
    """Return a further port, which nothing else of the gateway may have."""
    if (
        info.field_name == "redirect_port"
        and isinstance(info.data.get("tls"), Acme)
        and value != 80
    ):
        raise refusal(
            accepted="redirect_port=80 with Acme(...): the authority asks there",
            remedy="leave redirect_port out",
        )
    main = info.data.get("port") or (443 if info.data.get("tls") else 80)
    taken = {main: "port"}
    if info.field_name == "status_port" and info.data.get("redirect_port"):
        taken[info.data["redirect_port"]] = "redirect_port"
    if value in taken and (info.field_name == "status_port" or info.data.get("tls")):
        raise refusal(
            accepted=f"a port other than that of {taken[value]}",
            remedy=f"write another number for {info.field_name}",
        )
    return value


def keys(value: Sequence[Key], info: ValidationInfo) -> tuple[Key, ...]:
    """Return the keys, no two of them alike in name or value."""
    _names_differ([key.name for key in value])
    kept = [key.name for key in value if key.models]
    if kept and (info.data.get("policy") == "admin" or info.data.get("admin_networks")):
        raise refusal(
            accepted="keys that are kept to some models where nothing makes them administrators",
            remedy="leave out admin_networks, declare policy='inference', or leave out models",
            seen=f"models of the key {kept[0]!r} beside admin_networks or policy='admin'",
        )
    seen: dict[str, str] = {}
    for key in value:
        text = known(key.secret, info)
        first = seen.setdefault(text or key.name, key.name)
        if text is not None and first != key.name:
            raise refusal(
                accepted="each key with a value of its own",
                remedy="make one of them anew with: openssl rand -hex 32",
                seen=f"{first!r} and {key.name!r} with the same value",
            )
    return tuple(value)


def users(value: Sequence[User], info: ValidationInfo) -> tuple[User, ...]:
    """Return the users, no two of them of one name, and none of a key's."""
    _names_differ([*(key.name for key in info.data.get("keys", ())), *(u.name for u in value)])
    if (
        not value
        and not info.data.get("keys", [None])
        and _public(info)
        and info.data.get("allow_anonymous") is False
    ):
        raise refusal(
            accepted="keys or users on addresses that other machines reach",
            remedy="write keys=[Key('NAME', Secret.env('VARIABLE'))], or allow_anonymous=True when "
            "a firewall lets only those in who may use the models",
            seen="neither keys nor users",
        )
    return tuple(value)


def _names_differ(names: list[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise refusal(
                accepted="each name once among keys and users: the access log tells them apart",
                remedy="rename one of them",
                seen=f"{name!r} twice",
            )


def _public(info: ValidationInfo) -> bool:
    addresses: Sequence[Any] = info.data.get("listen", ())
    return any(not ipaddress.ip_address(address).is_loopback for address in addresses)
