"""What nginx serves is what is declared: `gateway-config`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from pyinfra_ollama.settings import Acme, GatewaySettings
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, unknown
from pyinfra_ollama.verifier.gateway.asking import Inside, place
from pyinfra_ollama.verifier.gateway.endpoints import endpoints
from pyinfra_ollama.verifier.gateway.nginx import Directive
from pyinfra_ollama.verifier.results import Result

__all__ = ["configuration"]

_LOOK = "nginx -t; nginx -T | less; sha256sum /etc/nginx/nginx.conf /etc/nginx/pyinfra-ollama/*"
_SERVES = ("proxy_pass", "js_content", "root", "alias", "fastcgi_pass", "uwsgi_pass", "grpc_pass")
_MOST = 6


def configuration(settings: GatewaySettings, seen: Inside) -> Result:
    """The running nginx has the files on the disk, and these let through what is declared.

    nginx tells the hash of the files it was started with, so an edit by hand shows, reloaded or
    not; what the files say is compared with the settings by the verifier's own reading.
    """
    expected = "the declared servers, endpoints, callers and backends, in files that nginx runs"
    if seen.judged is None or seen.disk is None:
        return unknown("gateway-config", seen.why("judged", "stamp", "config"), look=_LOOK)
    if seen.judged != "good":
        found = f"nginx refuses the files on the disk: {seen.judged}"
        return failed("gateway-config", expected=expected, found=found, look=_LOOK)
    if seen.config is None or seen.ipv6 is None:
        return unknown("gateway-config", seen.why("config", "ipv6"), look=_LOOK)
    wrong = []
    if not seen.running:
        wrong.append("the running nginx does not say what it was started with")
    elif seen.running != seen.disk:
        wrong.append("files were changed by hand, or since nginx was started")
    wrong += _different(settings, seen.config, ipv6=seen.ipv6)
    if wrong:
        more = f"; and {len(wrong) - _MOST} more" if len(wrong) > _MOST else ""
        found = "; ".join(wrong[:_MOST]) + more
        return failed("gateway-config", expected=expected, found=found, look=_LOOK)
    count = sum(1 for _ in endpoints(settings))
    found = f"as declared: {count} endpoints, {len(settings.backends)} backends"
    return passed("gateway-config", found, expected=expected)


def _different(settings: GatewaySettings, config: Directive, *, ipv6: bool) -> Iterator[str]:
    gateway = settings.gateway
    for beside in ("stream", "mail"):
        if config.all(beside):
            yield f"there is a {beside} block"
    http = next(iter(config.all("http")), None)
    if http is None:
        yield "there is no http block"
        return
    wanted = {_listens(settings, gateway.main_port, ipv6=ipv6): "clients"}
    if gateway.tls and gateway.redirect_port:
        wanted[_listens(settings, gateway.redirect_port, ipv6=ipv6)] = "redirect"
    wanted[frozenset({f"127.0.0.1:{gateway.status_port}"})] = "status"
    found: dict[str, Directive] = {}
    for server in http.all("server"):
        at = frozenset(one.words[1] for one in server.all("listen"))
        kind = wanted.get(at, "")
        if not kind or kind in found:
            yield f"a server that is not declared listens on {listed(sorted(at), 'nothing')}"
        found.setdefault(kind, server)
    yield from (f"no server is there for {kind}" for kind in wanted.values() if kind not in found)
    if "clients" in found:
        yield from _doors(settings, found["clients"])
        if {"ssl" in one.words for one in found["clients"].all("listen")} != {bool(gateway.tls)}:
            yield "TLS is not as declared"
    if "redirect" in found:
        yield from _redirects(settings, found["redirect"])
    if "status" in found:
        known = {"= /status", "= /stamp", "/"}
        places = {one.rest for one in found["status"].all("location")}
        yield from (f"the status page also has location {one}" for one in sorted(places - known))
    yield from _callers(settings, http)
    yield from _pools(settings, http)


def _listens(settings: GatewaySettings, port: int, *, ipv6: bool) -> frozenset[str]:
    addresses = [ipaddress.ip_address(a) for a in settings.gateway.listen if ipv6 or a != "::"]
    return frozenset(f"[{a}]:{port}" if a.version == 6 else f"{a}:{port}" for a in addresses)


def _doors(settings: GatewaySettings, server: Directive) -> Iterator[str]:
    """Each declared endpoint has its door and forwards its own path; nothing else forwards."""
    wanted = {one.location or f"= {one.path}": one for one in endpoints(settings)}
    seen: set[str] = set()
    pools = {"@forward", *(f"/_{name}/" for name in _lists(server))}
    own = {"/": "403", "@said": "200", "= /_said": "200"}
    for one in server.all("location"):
        name = one.rest
        if name in seen:
            yield f"location {name} is there twice"
        seen.add(name)
        does = _serves(one)
        if name in own:
            said = one.first("return") or ""
            if does or not said.startswith(own[name]):
                yield f"location {name} does not answer {own[name]}"
        elif name in wanted:
            yield from _endpoint(one, wanted[name].path, wanted[name].kind)
        elif name in pools and settings.reads_models:
            if name != "@forward" and one.first("internal") is None:
                yield f"location {name} is open to clients"
        else:
            yield f"location {name} is not declared"
    yield from (f"location {name} is missing" for name in (*wanted, *own) if name not in seen)
    beside = (one for one in server.inner if one.name != "location")
    if any(one.name in (*_SERVES, "return") or _serves(one) for one in beside):
        yield "the server answers beside its locations"


def _serves(one: Directive) -> bool:
    return any(inner.name in _SERVES or _serves(inner) for inner in one.inner)


def _lists(server: Directive) -> list[str]:
    """Names of pools that nginx's script asks for lists, which clients cannot reach."""
    found = [re.fullmatch(r"/_(ollama\w*)/", one.rest) for one in server.all("location")]
    return [match[1] for match in found if match]


def _endpoint(one: Directive, path: str, kind: str) -> Iterator[str]:
    if f"pyinfra-ollama/door-{kind}.conf" not in [inner.rest for inner in one.all("include")]:
        yield f"location {one.rest} is not behind the door for {kind}"
    target = one.first("proxy_pass")
    if target is None:
        if one.first("js_content") not in ("route.forward", "route.list"):
            yield f"location {one.rest} leads nowhere"
        return
    match = re.fullmatch(r"http://ollama\w*(?P<path>/.*)", target)
    plain = path if one.words[1] != "~" else "/api/blobs/sha256:$gateway_digest"
    if match is None or match["path"] != plain:
        yield f"location {one.rest} leads to {target}"


def _redirects(settings: GatewaySettings, server: Directive) -> Iterator[str]:
    acme = "^~ /.well-known/acme-challenge/"
    wanted = {"/", acme} if isinstance(settings.gateway.tls, Acme) else {"/"}
    places = {one.rest: one for one in server.all("location")}
    for name in sorted(wanted.symmetric_difference(places)):
        yield f"location {name} of the redirecting server is not as declared"
    if "/" in places and not (places["/"].first("return") or "").startswith("308 https://"):
        yield "plain HTTP is not led to HTTPS"


def _callers(settings: GatewaySettings, http: Directive) -> Iterator[str]:
    gateway = settings.gateway
    wanted = {key.name: key.policy or gateway.policy for key in gateway.keys}
    for one in http.all("map"):
        if one.rest == "$gateway_key $gateway_policy":
            there = {each.name: each.rest for each in one.inner if each.name != "default"}
            for name in sorted(set(wanted) | set(there)):
                if wanted.get(name) != there.get(name):
                    there_is = there.get(name, "missing")
                    yield f"the key {name} is {there_is}, not {wanted.get(name, 'there')}"
            anybody = one.first("default") or ""
            if anybody and (gateway.keys or gateway.users):
                yield f"nobody in particular is let in as {anybody}"


def _pools(settings: GatewaySettings, http: Directive) -> Iterator[str]:
    wanted = {place(one): (one.weight, one.drain) for one in settings.backends}
    for one in http.all("upstream"):
        there = {}
        for server in one.all("server"):
            weights = [w.removeprefix("weight=") for w in server.words if w.startswith("weight=")]
            there[server.words[1]] = (int((weights or ["1"])[0]), "down" in server.words)
        if one.rest == "ollama":
            if there != wanted:
                yield f"backends are {listed(there)}, with other weights or others than declared"
        elif strangers := sorted(set(there) - set(wanted)):
            yield f"{one.rest} leads to {listed(strangers)}"
