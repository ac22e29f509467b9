"""Where things are on a host: every path the deployment owns or looks at, in one place.

`/opt/ollama` and the unit are the package's own; the user, its home and the models folder
are those of Ollama's official installer (scripts/install.sh of 0.33.0), so that models
pulled before stay where they are.
"""

from __future__ import annotations

from pyinfra_ollama.layout import backup as backup
from pyinfra_ollama.layout import monitoring as monitoring
from pyinfra_ollama.layout.roots import CONFIGURATION as CONFIGURATION
from pyinfra_ollama.layout.roots import HOST_LIBRARY as HOST_LIBRARY
from pyinfra_ollama.layout.roots import STATE as STATE

OPT = "/opt/ollama"
RELEASES = f"{OPT}/releases"
CURRENT = f"{OPT}/current"
PREVIOUS = f"{OPT}/previous"
COMMAND = "/usr/local/bin/ollama"
COMMAND_TARGET = f"{CURRENT}/bin/ollama"

USER = "ollama"
GROUP = "ollama"
HOME = "/usr/share/ollama"
GPU_GROUPS = ("render", "video")

UNIT = "ollama.service"
UNIT_FILE = f"/etc/systemd/system/{UNIT}"
DROP_IN = f"/etc/systemd/system/{UNIT}.d/50-pyinfra-ollama.conf"
# Secret values of the environment: systemd reads it as root and shows it to nobody.
SECRETS_FILE = "/etc/pyinfra-ollama/ollama.env"
# Of `pyinfra-ollama debug`; it goes by itself.
DEBUG_DROP_IN = f"/run/systemd/system/{UNIT}.d/90-pyinfra-ollama-debug.conf"
UNIT_STAMP = "PYINFRA_OLLAMA_UNIT"
MANAGED_LINE = "# Managed by pyinfra-ollama"

NGINX_UNIT = "nginx.service"
NGINX_CONF = "/etc/nginx/nginx.conf"
NGINX_FOLDER = "/etc/nginx/pyinfra-ollama"
NGINX_CALLERS = f"{NGINX_FOLDER}/callers.conf"
NGINX_PARTS = (
    "answers",
    "backends",
    "bodiless",
    "callers",
    "door-admin",
    "door-inference",
    "door-read_only",
    "endpoints",
    "proxy",
)
# Only where a request's model decides.
NGINX_ROUTE = f"{NGINX_FOLDER}/route.js"
# Written by scripts/gateway.sh: the hash of all that the running nginx was started with.
NGINX_STAMP = f"{NGINX_FOLDER}/stamp.conf"
# There from before files are put in place until nginx was started with them.
NGINX_DUE = f"{NGINX_FOLDER}/reload-due"
NGINX_USERS = f"{NGINX_FOLDER}/users"
NGINX_LOGROTATE = "/etc/logrotate.d/pyinfra-ollama-gateway"
GATEWAY_LOGS = "/var/log/pyinfra-ollama"
TLS_FOLDER = "/etc/pyinfra-ollama/tls"
# Private key and certificates in one file, which one rename replaces.
TLS_PEM = f"{TLS_FOLDER}/gateway.pem"
ACME_ROOT = "/var/lib/pyinfra-ollama-acme"
ACME_AUTHORITY = f"{TLS_FOLDER}/acme-authority.pem"
ACME_HOOK = "/etc/pyinfra-ollama/renewed.sh"
ACME_DROP_IN = "/etc/systemd/system/certbot.service.d/50-pyinfra-ollama.conf"
TLS_AUTHORITY = f"{TLS_FOLDER}/authority.pem"
# What nginx reads when it starts; the users it reads for each request.
GATEWAY_STAMPED = (
    NGINX_CONF,
    *(f"{NGINX_FOLDER}/{part}.conf" for part in NGINX_PARTS),
    NGINX_ROUTE,
    TLS_PEM,
)
GATEWAY_FILES = (
    *GATEWAY_STAMPED,
    *(f"{NGINX_USERS}.{policy}" for policy in ("read_only", "inference", "admin")),
    NGINX_LOGROTATE,
    ACME_AUTHORITY,
    ACME_HOOK,
    ACME_DROP_IN,
)

SYSCTL_FILE = "/etc/sysctl.d/60-pyinfra-ollama.conf"
FSTAB = "/etc/fstab"

VERIFIED_STAMP = f"{STATE}/verified"
APT_STAMP = f"{STATE}/apt-updated"

# What the official script leaves beside the unit and /usr/local/bin/ollama.
OFFICIAL_LIBRARY = "/usr/local/lib/ollama"
# The release that an installation of it becomes when it is taken over.
OFFICIAL_RELEASE = "official"


def release_directory(version: str) -> str:
    """The folder of one release, e.g. `/opt/ollama/releases/0.33.0`."""
    return f"{RELEASES}/{version}"
