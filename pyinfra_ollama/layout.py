"""Where things are on a host: every path the deployment owns or looks at, in one place.

`/opt/ollama` and the unit are the package's own; the user, its home and the models folder
are those of Ollama's official installer (scripts/install.sh of 0.33.0), so that models
pulled before stay where they are.
"""

from __future__ import annotations

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

EXPORTER_UNIT = "ollama-exporter.service"
EXPORTER_UNIT_FILE = f"/etc/systemd/system/{EXPORTER_UNIT}"
EXPORTER_COMMAND = "/usr/local/bin/ollama-exporter"
EXPORTER_CONFIG = "/etc/pyinfra-ollama/exporter.json"
EXPORTER_FOLDER = "/usr/local/lib/pyinfra-ollama/ollama_exporter"
EXPORTER_MODULES = (
    "__init__",
    "__main__",
    "api",
    "asking",
    "certificate",
    "collecting",
    "counting",
    "door",
    "gateway",
    "processes",
    "service",
    "settings",
    "tailing",
    "text",
)
# What the exporter is started with, by whose hash it tells what it runs.
EXPORTER_STAMPED = (
    EXPORTER_UNIT_FILE,
    EXPORTER_COMMAND,
    EXPORTER_CONFIG,
    *(f"{EXPORTER_FOLDER}/{module}.py" for module in EXPORTER_MODULES),
)
NODE_EXPORTER, NGINX_EXPORTER = "prometheus-node-exporter", "prometheus-nginx-exporter"
PROMETHEUS, ALERTMANAGER = "prometheus", "prometheus-alertmanager"
# Debian's packages start their programs with these at once, and on all addresses without them.
DEFAULTS = {
    name: f"/etc/default/{name}"
    for name in (NODE_EXPORTER, NGINX_EXPORTER, PROMETHEUS, ALERTMANAGER)
}
PROMETHEUS_CONFIG = "/etc/prometheus/prometheus.yml"
PROMETHEUS_RULES = "/etc/prometheus/rules/pyinfra-ollama.yml"
ALERTMANAGER_CONFIG = "/etc/prometheus/alertmanager.yml"
OBSERVER_FILES = (PROMETHEUS_CONFIG, PROMETHEUS_RULES, ALERTMANAGER_CONFIG)
TOOLS_FOLDER = "/usr/local/lib/pyinfra-ollama/ollama_tools"
TOOLS = (
    *(f"/usr/local/bin/ollama-{name}" for name in ("benchmark", "health", "monitor")),
    *(
        f"{TOOLS_FOLDER}/{name}.py"
        for name in (
            "__init__",
            "asking",
            "backups",
            "benchmark",
            "checks",
            "config",
            "generating",
            "health",
            "maintenance",
            "measures",
            "monitor",
            "output",
            "repair",
            "state",
            "telling",
            "units",
        )
    ),
)
MONITORING_CONFIG = "/etc/pyinfra-ollama/monitoring.json"
# The address that is told of trouble, which may let whoever knows it write there.
WEBHOOK = "/etc/pyinfra-ollama/webhook"
MONITOR_TIMER = "ollama-monitor.timer"
MONITOR_UNITS = (
    "/etc/systemd/system/ollama-monitor.service",
    f"/etc/systemd/system/{MONITOR_TIMER}",
    # Logs that grow fast are looked at more often than daily.
    "/etc/systemd/system/logrotate.timer.d/50-pyinfra-ollama.conf",
)
MONITOR_LOG = "/var/log/ollama-monitor.log"
# What Debian's node exporter reads, where it is installed.
MONITOR_FIGURES = "/var/lib/prometheus/node-exporter/pyinfra-ollama-monitor.prom"
MONITOR_LOGROTATE = "/etc/logrotate.d/pyinfra-ollama-monitor"
JOURNALD_FILE = "/etc/systemd/journald.conf.d/60-pyinfra-ollama.conf"
MONITORING_FILES = (
    *TOOLS,
    MONITORING_CONFIG,
    WEBHOOK,
    MONITOR_LOGROTATE,
    JOURNALD_FILE,
    *MONITOR_UNITS,
)

SYSCTL_FILE = "/etc/sysctl.d/60-pyinfra-ollama.conf"
FSTAB = "/etc/fstab"

CONFIGURATION = "/etc/pyinfra-ollama"
STATE = "/var/lib/pyinfra-ollama"
VERIFIED_STAMP = f"{STATE}/verified"
APT_STAMP = f"{STATE}/apt-updated"

# What the official script leaves beside the unit and /usr/local/bin/ollama.
OFFICIAL_LIBRARY = "/usr/local/lib/ollama"
# The release that an installation of it becomes when it is taken over.
OFFICIAL_RELEASE = "official"


BACKUP_PRIVATE = f"{CONFIGURATION}/backup"
BACKUP_SETTINGS = f"{BACKUP_PRIVATE}/settings"
BACKUP_PASSWORD = f"{BACKUP_PRIVATE}/password"
# The address, with a login in it where there is one.
BACKUP_REPOSITORY = f"{BACKUP_PRIVATE}/repository"
BACKUP_CREDENTIALS = f"{BACKUP_PRIVATE}/credentials"
BACKUP_SSH_KEY = f"{BACKUP_PRIVATE}/ssh-key"
BACKUP_KNOWN_HOSTS = f"{BACKUP_PRIVATE}/known-hosts"
BACKUP_AUTHORITY = f"{BACKUP_PRIVATE}/authority.pem"
BACKUP_STATE = f"{STATE}/backup"
BACKUP_CACHE = "/var/cache/pyinfra-ollama-backup"
HOST_LIBRARY = "/usr/local/lib/pyinfra-ollama"
BACKUP_COMMAND = "/usr/local/sbin/ollama-backup"
BACKUP_TOOLS = (
    BACKUP_COMMAND,
    *(f"{HOST_LIBRARY}/backup/{part}.sh" for part in ("back", "keep", "repository")),
)
BACKUP_UNITS = ("ollama-backup-run", "ollama-backup-check", "ollama-backup-rehearse")
BACKUP_UNIT_FILES = tuple(
    f"/etc/systemd/system/{unit}.{kind}" for unit in BACKUP_UNITS for kind in ("service", "timer")
)
BACKUP_FILES = (
    BACKUP_SETTINGS,
    BACKUP_PASSWORD,
    BACKUP_REPOSITORY,
    BACKUP_CREDENTIALS,
    BACKUP_SSH_KEY,
    BACKUP_KNOWN_HOSTS,
    BACKUP_AUTHORITY,
    *BACKUP_TOOLS,
    *BACKUP_UNIT_FILES,
)


def release_directory(version: str) -> str:
    """The folder of one release, e.g. `/opt/ollama/releases/0.33.0`."""
    return f"{RELEASES}/{version}"
