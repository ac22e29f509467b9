"""What would change of the gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.gateway.authority import missing
from pyinfra_ollama.decide.gateway.state import acme_reasons, certificate_need, need
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.settings import Acme, GatewaySettings
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def certificate(settings: GatewaySettings, snapshot: Snapshot) -> Iterator[Change]:
    """A certificate that the host's own authority makes."""
    needed = certificate_need(settings, snapshot)
    if needed.reasons:
        note = f"for {', '.join(needed.names) or 'the host'}, valid for {needed.days} days"
        yield Change(
            Step.GATEWAY_CERTIFICATE,
            "make",
            layout.TLS_PEM,
            note,
            why=needed.reasons,
            details={"names": needed.names, "days": needed.days},
        )


def fetched(settings: GatewaySettings, snapshot: Snapshot, host: str) -> Iterator[Change]:
    """The authority's certificate on the machine that runs pyinfra."""
    path = missing(settings, snapshot, host)
    if path is not None:
        yield Change(Step.GATEWAY_AUTHORITY, "fetch", str(path), note="for clients to trust")


def acme(settings: GatewaySettings, snapshot: Snapshot) -> Iterator[Change]:
    """The certificate that an ACME authority is asked for."""
    reasons, tls = acme_reasons(settings, snapshot), settings.gateway.tls
    if reasons and isinstance(tls, Acme):
        names = ", ".join(settings.gateway.server_names)
        note = f"for {names}, of {tls.directory_url}"
        yield Change(Step.GATEWAY_ACME, "obtain", "certificate", note, why=reasons)


def serving(
    settings: GatewaySettings, files: Iterable[ManagedFile], snapshot: Snapshot
) -> Iterator[Change]:
    """The running nginx."""
    needed = need(settings, files, snapshot)
    if needed.reasons:
        action = "reload" if needed.running else "start"
        yield Change(Step.GATEWAY, action, layout.NGINX_UNIT, why=needed.reasons)
