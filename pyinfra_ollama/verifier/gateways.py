"""The checks of one host's gateway in their order: from inside, then from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from pyinfra.api.host import Host

from pyinfra_ollama.settings import Acme, Declared, GatewaySettings
from pyinfra_ollama.verifier.checks import gateway as of_gateway
from pyinfra_ollama.verifier.checks.base import skipped
from pyinfra_ollama.verifier.checks.certificate import certificate, renewal
from pyinfra_ollama.verifier.checks.configuration import configuration
from pyinfra_ollama.verifier.gateway.asking import Inside, ask
from pyinfra_ollama.verifier.outside import examine as outside
from pyinfra_ollama.verifier.outside.way import Way
from pyinfra_ollama.verifier.results import Result

__all__ = ["examine", "planned"]

INSIDE = (
    "nginx",
    "gateway-config",
    "certificate",
    "renewal",
    "gateway-ports",
    "gateway-logs",
    "backends",
)
DOWN = "nginx does not run: see nginx"


def planned(*, clients: bool) -> tuple[tuple[str, str], ...]:
    """Check and subject of every result `examine` gives, in its order."""
    asked = outside.CHECKS if clients else ()
    return tuple((check, "") for check in (*INSIDE, *asked))


def examine(
    host: Host,
    declared: Declared,
    *,
    way: Way | None,
    generate: bool,
    slot: Callable[[], AbstractContextManager[object]],
    red: tuple[str, ...],
) -> Iterator[Result]:
    """Ask a connected host and its gateway, giving each result as soon as it is there.

    + way: how it is asked as clients would ask it; None asks only its host
    + red: what failed on this host already, which explains what else fails

    Raises `HostError` when the host stops answering.
    """
    settings = declared.gateway
    if settings is None:
        return
    failed = list(red)
    seen = ask(host, settings)
    for result in _inside(declared, settings, seen, failed):
        if result.status == "fail":
            failed.append(result.check)
        yield result
    if way is None:
        return
    if of_gateway.is_down(seen):
        yield from (skipped(check, DOWN) for check in outside.CHECKS)
        return
    yield from outside.examine(
        host, declared, seen, way, generate=generate, slot=slot, red=tuple(failed)
    )


def _inside(
    declared: Declared, settings: GatewaySettings, seen: Inside, red: Sequence[str]
) -> Iterator[Result]:
    tls, down = settings.gateway.tls, of_gateway.is_down(seen)
    # `red` grows while its results are taken.
    yield of_gateway.nginx(seen)
    yield skipped("gateway-config", DOWN) if down else configuration(settings, seen)
    if tls is None:
        yield skipped("certificate", "no TLS is declared")
    else:
        yield certificate(settings, declared.verify, seen)
    if isinstance(tls, Acme):
        yield renewal(seen)
    else:
        yield skipped("renewal", "no ACME authority is declared")
    yield skipped("gateway-ports", DOWN) if down else of_gateway.ports(settings, seen, red)
    yield of_gateway.logs(settings, seen)
    yield of_gateway.backends(settings, seen, red, host=declared.name)
