"""The gateway: its certificate, its files and the nginx that serves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyinfra import context, logger
from pyinfra.api.command import FunctionCommand
from pyinfra.api.host import Host

from pyinfra_ollama import layout
from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.gateway.authority import missing
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.gateway.state import (
    acme_reasons,
    certificate_need,
    need,
    rewritten,
    state,
)
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import Acme, Declared, GatewaySettings
from pyinfra_ollama.snapshot import whole_question

# A certificate that the host made itself is judged with the candidates, and so are the places of
# the logs, which nginx opens; its workers open them anew at each rotation, as www-data.
JUDGE = (
    'mkdir -p "$stage/etc/pyinfra-ollama/tls" && '
    "install -d -o root -g adm -m 755 /var/log/pyinfra-ollama && "
    '{ [ -e "$stage/etc/pyinfra-ollama/tls/gateway.pem" ] || '
    "[ ! -e /etc/pyinfra-ollama/tls/gateway.pem ] || "
    'cp /etc/pyinfra-ollama/tls/gateway.pem "$stage/etc/pyinfra-ollama/tls/"; } && '
    'nginx -t -q -c "$stage/etc/nginx/nginx.conf"'
)
# Last, so that only what is put in place has nginx reload; scripts/gateway.sh takes it away again.
DUE = f" && install -d -m 755 {layout.NGINX_FOLDER} && : >{layout.NGINX_DUE}"
START_SECONDS = 15


@host_operation
def certificate(*, declared: Declared) -> Steps:
    """
    Have a certificate of the host's own authority, where one is declared.

    + declared: what the host is declared to be
    """
    needed = certificate_need(_gateway(declared), look(whole_question(declared)))
    if not needed.reasons:
        context.host.noop("the certificate is as declared, or not of the host's making")
        return
    context.host.log_styled("; ".join(needed.reasons), log_func=logger.info, fg="cyan")
    yield quiet("stamp", STAMP, "")
    yield shown("certificate", str(needed.days), *needed.names)


@host_operation
def authority(*, declared: Declared) -> Steps:
    """
    Have the public certificate of the host's own authority on the machine that runs pyinfra.

    + declared: what the host is declared to be; `fetch_to` of its SelfSigned says where
    """
    path = missing(_gateway(declared), look(whole_question(declared)), declared.name)
    if path is None:
        context.host.noop("the authority's certificate is where it is declared, or not declared")
        return
    yield FunctionCommand(fetch, [declared, path], {})


def fetch(state: Any, host: Host, declared: Declared, path: Path) -> bool:
    """Write the certificate beside its place, then there; False when it cannot be had."""
    found = look(whole_question(declared)).gateway
    if found is None or found.authority is None:
        return _failed(host, f"{layout.TLS_AUTHORITY} is not there, so it cannot be fetched")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(found.authority, encoding="ascii")
        beside.replace(path)
    except OSError as error:
        return _failed(host, f"{path} could not be written: {error.strerror}")
    host.log_styled(f"the authority's certificate is in {path}", log_func=logger.info, fg="cyan")
    return True


def _failed(host: Host, text: str) -> bool:
    host.log_styled(text, log_func=logger.error, fg="red")
    return False


@host_operation
def configuration(*, declared: Declared, templates: Path) -> Steps:
    """
    Have nginx's files as declared, judged by nginx first.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    snapshot = look(whole_question(declared))
    files = gateway_files(_gateway(declared), snapshot, templates)
    judge = JUDGE + DUE if rewritten(files, snapshot) else JUDGE
    yield from swapped_in(files, snapshot, judge)


@host_operation
def serving(*, declared: Declared, templates: Path) -> Steps:
    """
    Have nginx run with the declared files and certificate.

    + declared: what the host is declared to be
    + templates: the folder of the templates

    Reloads exactly when nginx itself says that it was started with others; no request is lost.
    """
    settings, snapshot = _gateway(declared), look(whole_question(declared))
    files = gateway_files(settings, snapshot, templates)
    needed = need(settings, files, snapshot)
    if not needed.reasons:
        context.host.noop("the gateway serves as declared")
        return
    context.host.log_styled("; ".join(needed.reasons), log_func=logger.info, fg="cyan")
    port = str(settings.gateway.status_port)
    yield quiet("stamp", STAMP, "")
    yield shown("gateway", port, str(START_SECONDS), *layout.GATEWAY_STAMPED)


@host_operation
def acme(*, declared: Declared) -> Steps:
    """
    Have the certificate of the declared ACME authority, and certbot renew it.

    + declared: what the host is declared to be
    """
    settings, snapshot = _gateway(declared), look(whole_question(declared))
    reasons, tls = acme_reasons(settings, snapshot), settings.gateway.tls
    if not reasons or not isinstance(tls, Acme):
        context.host.noop("the authority's certificate is as declared, or none is declared")
        return
    context.host.log_styled("; ".join(reasons), log_func=logger.info, fg="cyan")
    found = state(snapshot).lineage
    other = found is not None and found.directory != tls.directory_url
    names = settings.gateway.server_names
    yield quiet("stamp", STAMP, "")
    yield shown("acme", tls.directory_url, tls.email or "", "yes" if other else "no", *names)


def _gateway(declared: Declared) -> GatewaySettings:
    if declared.gateway is None:
        raise ValueError(f"no gateway is declared for {declared.name}")
    return declared.gateway
