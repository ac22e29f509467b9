"""Which of Debian's packages a host needs for what it is declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.settings import Acme, Declared, GatewaySettings, HostSettings

REQUIRED_PACKAGES = ("ca-certificates", "curl", "iproute2", "procps", "zstd")
FIREWALL_PACKAGES = ("iptables", "ufw")
METRICS_PACKAGES = (layout.monitoring.NODE_EXPORTER, "python3")
OBSERVER_PACKAGES = (layout.monitoring.PROMETHEUS, layout.monitoring.ALERTMANAGER)
# The tools need Python's standard library whole: python3-minimal has neither json nor http.
MONITORING_PACKAGES = ("logrotate", "python3")
GATEWAY_PACKAGES = ("logrotate", "nginx", "openssl")


def wanted_packages(declared: Declared | HostSettings) -> tuple[str, ...]:
    """The declared tools and those the deployment itself needs, sorted.

    For a server's settings alone, those of the server.
    """
    roles: set[str] = set()
    if isinstance(declared, Declared):
        roles |= set(FIREWALL_PACKAGES if declared.firewall else ())
        roles |= set(MONITORING_PACKAGES if declared.monitoring else ())
        roles |= set(_of_gateway(declared.gateway) if declared.gateway else ())
        roles |= set(METRICS_PACKAGES if declared.metrics else ())
        if declared.metrics and declared.gateway:
            roles.add(layout.monitoring.NGINX_EXPORTER)
        roles |= set(OBSERVER_PACKAGES if declared.observer else ())
        roles |= set(declared.backup.packages if declared.backup else ())
    return tuple(sorted({*REQUIRED_PACKAGES, *roles, *declared.packages.tools}))


def _of_gateway(settings: GatewaySettings) -> Iterator[str]:
    yield from GATEWAY_PACKAGES
    if isinstance(settings.gateway.tls, Acme):
        yield "certbot"
    if settings.reads_models:
        yield "libnginx-mod-http-js"
