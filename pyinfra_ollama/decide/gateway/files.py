"""All files of the gateway, made of its settings and of what the host is.

Outside behaviour relied on (nginx 1.22.1 and 1.26.3, 2026-11): relative paths are looked for beside
nginx.conf, so a candidate laid out elsewhere is judged with its own parts; plain words in `map`
match without case, and `$` before a line break, hence `~` and `\\z`; a location whose proxy_pass
has a path of its own forwards that path.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.gateway import answers, callers
from pyinfra_ollama.decide.gateway.endpoints import endpoints
from pyinfra_ollama.decide.gateway.routing import routing
from pyinfra_ollama.decide.gateway.state import state
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import (
    Acme,
    Gateway,
    GatewaySettings,
    OwnCertificate,
    ResolvedBackend,
)
from pyinfra_ollama.settings.certificates import Tls
from pyinfra_ollama.snapshot import Snapshot

# `http2` as a word of `listen` is an old form since nginx 1.25.1, which these have.
_MODERN = {("debian", "13")}


def gateway_files(
    settings: GatewaySettings, snapshot: Snapshot, templates: Path
) -> tuple[ManagedFile, ...]:
    """nginx.conf and its parts, the passwords, the logs' rotation, and the own certificate."""
    gateway = settings.gateway
    values = gateway_values(settings, snapshot)
    plain = [layout.NGINX_CONF, layout.NGINX_LOGROTATE]
    plain += [f"{layout.NGINX_FOLDER}/{part}.conf" for part in layout.NGINX_PARTS]
    files = [
        ManagedFile(
            path=path,
            content=_rendered(templates, path, values),
            mode="600" if path == layout.NGINX_CALLERS else "644",
            secret=path == layout.NGINX_CALLERS,
        )
        for path in plain
    ]
    for kind in callers.RANKS:
        users = callers.password_file(gateway, kind) if gateway.users else None
        path = f"{layout.NGINX_USERS}.{kind}"
        # Workers read it for every request.
        files.append(ManagedFile(path, users, mode="640", group="www-data", secret=True))
    script = render(templates, f"{layout.NGINX_ROUTE[1:]}.j2", **values)
    reads = routing(settings).reads
    files.append(ManagedFile(layout.NGINX_ROUTE, script if reads else None))
    if isinstance(gateway.tls, OwnCertificate):
        files.append(_certificate(gateway.tls))
    return (*files, *_of_acme(gateway.tls, templates, values))


def _of_acme(
    tls: Tls | None, templates: Path, values: Mapping[str, object]
) -> Iterator[ManagedFile]:
    """What certbot needs for renewals, or what is to be gone."""
    acme = isinstance(tls, Acme)
    hook = _rendered(templates, layout.ACME_HOOK, values) if acme else None
    yield ManagedFile(layout.ACME_HOOK, hook, mode="755")
    authority = tls.authority_text() if isinstance(tls, Acme) else None
    yield ManagedFile(layout.ACME_AUTHORITY, authority)
    drop_in = _rendered(templates, layout.ACME_DROP_IN, values) if authority else None
    yield ManagedFile(layout.ACME_DROP_IN, drop_in)


def _rendered(templates: Path, path: str, values: Mapping[str, object]) -> str:
    template, door, kind = path[1:].removesuffix(".conf").partition("/door-")
    if not door:
        return render(templates, f"{path[1:]}.j2", **values)
    # One template for the doors to all kinds of endpoints.
    return render(templates, f"{template}/door.conf.j2", kind=kind, **values)


def _certificate(tls: OwnCertificate) -> ManagedFile:
    """Key and certificates in one file, so that the two can never be of different runs."""
    text = f"{tls.key.get_secret_value().rstrip()}\n{tls.chain().rstrip()}\n"
    return ManagedFile(layout.TLS_PEM, text, mode="600", secret=True)


def gateway_values(settings: GatewaySettings, snapshot: Snapshot) -> dict[str, object]:
    """What the templates need."""
    gateway = settings.gateway
    system = (snapshot.os.get("ID", ""), snapshot.os.get("VERSION_ID", ""))
    routed = routing(settings)
    # "::" stands for whatever there is, and without IPv6 there is nothing.
    speaks = state(snapshot).ipv6
    addresses = [address for address in gateway.listen if speaks or address != "::"]
    return {
        "gateway": gateway,
        "layout": layout,
        "log_max": settings.log_max,
        "listen": [_authority(address, gateway.main_port) for address in addresses],
        "redirect": _redirect(gateway, addresses),
        "target": _target(gateway),
        "modern": system in _MODERN,
        "answers": answers.answers(),
        "shapes": answers.SHAPES,
        "callers": callers.callers(gateway),
        "paces": callers.paces(gateway),
        "ranks": callers.RANKS,
        "open": not gateway.keys and not gateway.users,
        "origins": [re.escape(o) for o in gateway.cors.origins] if gateway.cors else [],
        "routing": routed,
        "endpoints": tuple(endpoints(settings, routed)),
        "address": _address,
        "pools": routed.by_model,
        "allowed": routed.allowed,
        "lists": [f"/_{name}" for name in routed.lists],
        "said": routed.said,
    }


def _redirect(gateway: Gateway, addresses: list[str]) -> list[str]:
    if gateway.tls is None or gateway.redirect_port is None:
        return []
    return [_authority(address, gateway.redirect_port) for address in addresses]


def _target(gateway: Gateway) -> str:
    """Where plain HTTP is led: by name where one is declared, never to what a client asked for."""
    name = gateway.server_names[0] if gateway.server_names else "$host"
    name = f"[{name}]" if ":" in name else name
    return f"https://{name}" + ("" if gateway.main_port == 443 else f":{gateway.main_port}")


def _authority(address: str, port: int) -> str:
    bracketed = f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    return f"{bracketed}:{port}"


def _address(backend: ResolvedBackend) -> str:
    host = f"[{backend.address}]" if ":" in backend.address else backend.address
    return f"{host}:{backend.port}"
