"""Checks of addresses, browser origins and proxies."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .base import refusal

_EXPOSED = (
    "Ollama has no authentication: whoever reaches this address can use, replace and delete "
    "models. Keep host='127.0.0.1' behind a gateway, or add allow_non_loopback=True when a "
    "firewall lets only that gateway in"
)
_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+-]*)://(?P<rest>[A-Za-z0-9.*_-]+(?::(?:[0-9]+|\*))?)"
)
# gin-contrib/cors 1.7.2, which Ollama 0.33.0 uses, panics at start on any other scheme.
_ORIGIN_SCHEMES = frozenset(
    (
        "http",
        "https",
        "chrome-extension",
        "safari-extension",
        "moz-extension",
        "ms-browser-extension",
    )
)
ORIGIN_SHAPE = (
    "scheme://host[:port] with at most one '*', such as 'https://chat.example.com' or "
    "'http://*.example.com'"
)
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
_ENCODED = r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})"
_PROXY = re.compile(
    rf"[a-z0-9]+://(?:{_ENCODED}*@)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?/?"
)
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9])?")


def is_loopback(host: str) -> bool:
    """Return whether only this machine itself can reach an address."""
    return ipaddress.ip_address(host).is_loopback


def check_host(host: str, *, allow_non_loopback: bool | None) -> str:
    """Return the address in its usual form; ``None`` means the permission is itself invalid."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise refusal(
            accepted="an IP address such as '127.0.0.1', '::1' or '10.0.0.5'",
            remedy="write the address itself, without name, scheme, brackets or port; the port "
            "is the field port",
        ) from None
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address.ipv4_mapped):
        raise refusal(
            accepted="an IP address without zone, and IPv4 in its own form",
            remedy="write a plain address such as '::1' or '10.0.0.5'",
        )
    if address.is_multicast or (address.version == 4 and int(address) == 2**32 - 1):
        raise refusal(
            accepted="an address a server can listen on",
            remedy="write one of the host's own addresses",
        )
    if not address.is_loopback and allow_non_loopback is False:
        raise refusal(accepted="a loopback address (127.0.0.1 or ::1)", remedy=_EXPOSED)
    return str(address)


def check_origins(origins: tuple[str, ...], *, exposed: bool) -> tuple[str, ...]:
    """Return the browser origins, each of a shape that the server starts with."""
    for position, origin in enumerate(origins):
        where = f"[{position}] {origin!r}"
        if origin == "*":
            if exposed:
                raise refusal(
                    accepted="named origins on an address that others can reach",
                    remedy="name the sites, as in origins=['https://chat.example.com']: with '*' "
                    "any web page that a person in this network opens can use the server",
                    seen=where,
                )
            continue
        match = _ORIGIN.fullmatch(origin)
        if match is None or origin.count("*") > 1:
            raise refusal(
                accepted=ORIGIN_SHAPE,
                remedy="leave out paths, commas and spaces; write one origin per entry",
                seen=where,
            )
        if match["scheme"] not in _ORIGIN_SCHEMES and "*" not in origin:
            raise refusal(
                accepted="an origin that starts with http:// or https://",
                remedy="correct the scheme: the server does not start with this one",
                seen=where,
            )
    return origins


def has_login(url: str) -> bool:
    """Return whether a URL holds, or may hold, a user or a password."""
    return "@" in url


def check_proxy(url: str) -> str:
    """Return a proxy's URL. It may hold a password, so no refusal shows it.

    Go refuses more than Python does, and its complaint shows the whole URL (Go 1.26
    ``net/url``), so what is let through here must be a URL to Go as well.
    """
    accepted = "a URL such as 'http://proxy.example.com:3128'"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refusal(
            accepted=accepted, remedy="correct the host and port", seen="a hidden value"
        ) from None
    usable = parts.scheme in _PROXY_SCHEMES and parts.hostname and port != 0
    if not usable or not _PROXY.fullmatch(url):
        raise refusal(
            accepted=f"{accepted}; schemes: {', '.join(_PROXY_SCHEMES)}",
            remedy="write scheme, host and port; encode special characters of a password as %XX",
            seen="a hidden value",
        )
    return url


def check_webhook(url: str, *, logins: bool) -> None:
    """Refuse an address that nothing could be posted to. No refusal shows it.

    + logins: whether the program that posts sends a login in it (Alertmanager does)
    """
    other = "a hidden value of another form"
    if not url.startswith(("https://", "http://")):
        raise refusal(
            accepted="an address that begins with https:// or http://",
            remedy="correct it where it is kept",
            seen=other,
        )
    try:
        parts = urlsplit(url)
        usable = parts.hostname and parts.port != 0 and re.fullmatch(r"[!-~]+", url)
    except ValueError:
        usable = None
    if not usable:
        raise refusal(
            accepted="an address such as https://hooks.example.com/path, without spaces",
            remedy="correct it where it is kept; encode special characters as %XX",
            seen=other,
        )
    if parts.username is not None and not logins:
        raise refusal(
            accepted="an address without a login, which would not be sent",
            remedy="give the receiver a key in the path, or write "
            "command=['/usr/local/bin/page-me'], a program that has the login from a file of "
            "root's",
            seen="a hidden value with a login",
        )


def check_no_proxy(entries: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hosts reached directly, in the forms that Go's HTTP client knows."""
    for position, entry in enumerate(entries):
        name, _, port = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
        plain = name.removeprefix("*.").removeprefix(".")
        if name == "*" or (_NAME.fullmatch(plain) and (not port or port.isdecimal())):
            continue
        try:
            ipaddress.ip_network(entry.strip("[]"), strict=False)
        except ValueError:
            raise refusal(
                accepted="host names, '.domain', addresses and networks such as '10.0.0.0/8'",
                remedy="write one host per entry, without scheme and path",
                seen=f"[{position}] {entry!r}",
            ) from None
    return entries


def authority(host: str, port: int) -> str:
    """Return ``127.0.0.1:11434`` or ``[::1]:11434``."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def base_url(host: str, port: int) -> str:
    """Return the URL at which the machine itself reaches a server bound to an address."""
    # "All addresses" can be bound but is no address to connect to.
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{authority(reachable, port)}"
