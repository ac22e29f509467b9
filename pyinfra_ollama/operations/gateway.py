"""The gateway: its certificate, its files and the nginx that serves them."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context, logger

from pyinfra_ollama.commands import shown
from pyinfra_ollama.decide.gateway.files import gateway_files
from pyinfra_ollama.decide.gateway.state import certificate_need, need
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import Declared, GatewaySettings
from pyinfra_ollama.snapshot import whole_question

# A certificate that the host made itself is judged with the candidates, and so are the logs'
# places, which nginx wants to open.
JUDGE = (
    'mkdir -p "$stage/etc/pyinfra-ollama/tls" && '
    "install -d -o root -g adm -m 750 /var/log/pyinfra-ollama && "
    '{ [ -e "$stage/etc/pyinfra-ollama/tls/gateway.pem" ] || '
    "[ ! -e /etc/pyinfra-ollama/tls/gateway.pem ] || "
    'cp /etc/pyinfra-ollama/tls/gateway.pem "$stage/etc/pyinfra-ollama/tls/"; } && '
    'nginx -t -q -c "$stage/etc/nginx/nginx.conf"'
)
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
    yield shown("certificate", str(needed.days), *needed.names)


@host_operation
def configuration(*, declared: Declared, templates: Path) -> Steps:
    """
    Have nginx's files as declared, judged by nginx first.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    snapshot = look(whole_question(declared))
    yield from swapped_in(gateway_files(_gateway(declared), snapshot, templates), snapshot, JUDGE)


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
    yield shown("gateway", str(settings.gateway.status_port), str(START_SECONDS))


def _gateway(declared: Declared) -> GatewaySettings:
    if declared.gateway is None:
        raise ValueError(f"no gateway is declared for {declared.name}")
    return declared.gateway
