"""All that this package can have put on a host; each list names what its settings may have made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import PurePosixPath

from pyinfra_ollama import layout
from pyinfra_ollama.layout import grafana, monitoring
from pyinfra_ollama.settings import Declared

DEBUG_END = "pyinfra-ollama-debug-end.timer"
# Started and enabled by this package; those of Debian's packages are their own.
UNITS = (
    # What begins others comes first, so that nothing is begun anew behind them.
    DEBUG_END,
    *(f"{unit}.{kind}" for kind in ("timer", "service") for unit in layout.backup.UNITS),
    monitoring.MONITOR_TIMER,
    "ollama-monitor.service",
    monitoring.EXPORTER_UNIT,
    layout.UNIT,
)
# Those of them that run all the time; the others come and go.
LASTING = (
    *(f"{unit}.timer" for unit in layout.backup.UNITS),
    monitoring.MONITOR_TIMER,
    monitoring.EXPORTER_UNIT,
    layout.UNIT,
)
UNIT_FOLDER = "/etc/systemd/system"
# One file each, which may stand in place of another's.
FILES = (
    layout.UNIT_FILE,
    layout.DROP_IN,
    layout.SYSCTL_FILE,
    layout.NGINX_CONF,
    layout.NGINX_LOGROTATE,
    layout.ACME_DROP_IN,
    layout.backup.COMMAND,
    *layout.backup.UNIT_FILES,
    monitoring.EXPORTER_UNIT_FILE,
    monitoring.EXPORTER_COMMAND,
    *monitoring.DEFAULTS.values(),
    *monitoring.OBSERVER_FILES,
    *grafana.PROVISIONING,
    *(path for path in monitoring.TOOLS if "/bin/" in path),
    monitoring.MONITOR_LOGROTATE,
    monitoring.JOURNALD_FILE,
    *monitoring.MONITOR_UNITS,
)
# What comes and goes while the host is looked at: systemd's own memory of timers, figures, locks.
PASSING = (
    layout.DEBUG_DROP_IN,
    # When debug mode ends, beside it (debug.sh).
    f"{layout.DEBUG_DROP_IN.removesuffix('.conf')}.end",
    layout.monitoring.MONITOR_FIGURES,
    layout.backup.FIGURES,
    *(f"/var/lib/systemd/timers/stamp-{unit}.timer" for unit in layout.backup.UNITS),
    "/run/lock/pyinfra-ollama-firewall",
)
# Logs with their rotated ones beside them.
LOGS = (f"{monitoring.MONITOR_LOG}*",)
# Whole folders in which nothing is anybody else's.
TREES = (
    layout.OPT,
    layout.NGINX_FOLDER,
    layout.GATEWAY_LOGS,
    layout.ACME_ROOT,
    layout.CONFIGURATION,
    layout.HOST_LIBRARY,
)
# In it is what a host looks after itself with, and only there.
MONITORS = monitoring.TOOLS_FOLDER
# How much journald keeps, and how often logrotate looks.
BOUNDS = (monitoring.JOURNALD_FILE, monitoring.MONITOR_UNITS[-1])
PASSING_TREES = (
    layout.backup.CACHE,
    "/run/pyinfra-ollama-firewall",
    "/run/pyinfra-ollama-monitor",
)
FIREWALL_UNDO = "/run/pyinfra-ollama-firewall/undo"
LINKS = {layout.COMMAND: f"{layout.OPT}/"}
# Folders that others may use as well: they go when nothing is in them.
SHARED = tuple(
    str(PurePosixPath(path).parent)
    for path in (layout.DROP_IN, layout.ACME_DROP_IN, layout.DEBUG_DROP_IN)
)
# They tell what was made, so they go when all else is gone.
RUN = "/run/pyinfra-ollama"
# Services of Debian's packages, by package, with the files of this package that they run with.
SERVING: Mapping[str, tuple[str, ...]] = {
    "nginx": (layout.NGINX_CONF,),
    monitoring.NODE_EXPORTER: (monitoring.DEFAULTS[monitoring.NODE_EXPORTER],),
    monitoring.NGINX_EXPORTER: (monitoring.DEFAULTS[monitoring.NGINX_EXPORTER],),
    monitoring.PROMETHEUS: (
        monitoring.DEFAULTS[monitoring.PROMETHEUS],
        monitoring.PROMETHEUS_CONFIG,
    ),
    monitoring.ALERTMANAGER: (
        monitoring.DEFAULTS[monitoring.ALERTMANAGER],
        monitoring.ALERTMANAGER_CONFIG,
    ),
}
# What packages leave behind when they are purged, and how it goes; what was not there before is
# noted (apt.sh).
LEFT: Mapping[str, Mapping[str, str]] = {
    "nginx": {
        "/var/www/html/index.nginx-debian.html": "away",
        "/var/www/html": "empty",
        "/var/www": "empty",
    },
    "logrotate": {"/var/lib/systemd/timers/stamp-logrotate.timer": "away"},
    "certbot": {
        "/var/lib/systemd/timers/stamp-certbot.timer": "away",
        # What it keeps of its own work.
        "/var/lib/letsencrypt": "tree",
    },
}
# Users that packages make and leave behind, with those that make them.
ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "prometheus": tuple(package for package in SERVING if package.startswith("prometheus")),
}
# Where something may lie that stays (uninstall-look.sh, inside).
SEARCHED = (
    *TREES,
    layout.backup.CACHE,
    layout.STATE,
    layout.HOME,
    *(path for paths in LEFT.values() for path, verb in paths.items() if verb == "tree"),
)
# Where nobody else would put anything; a file there that is not ours is worth a word.
OWN = (*(f"{UNIT_FOLDER}/{unit}" for unit in UNITS), *monitoring.TOOLS)
PACKAGES = tuple(dict.fromkeys((*SERVING, *LEFT, "ufw")))


def paths(declared: Declared) -> tuple[str, ...]:
    """Every path that the host is asked about; `*` at the end stands for rotated logs."""
    own = (*FILES, *PASSING, *LOGS, *TREES, *PASSING_TREES, *LINKS, *SHARED, MONITORS, RUN)
    left = (path for paths in LEFT.values() for path in paths)
    return tuple(dict.fromkeys((*own, layout.STATE, FIREWALL_UNDO, *left, *_own(declared))))


def logs(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of them that are logs of ours."""
    return tuple(path for path in paths if any(fnmatch(path, log) for log in LOGS))


def left_beside(paths: Mapping[str, str]) -> tuple[str, ...]:
    """Those of them that a killed run wrote beside a file of ours and did not rename to it."""
    return tuple(
        path
        for path, kind in paths.items()
        if kind == "left" and re.sub(r"/\.([^/]+)\.[^/]{6}$", r"/\1", path) in FILES
    )


def _own(declared: Declared) -> Iterator[str]:
    yield layout.HOME
    if declared.server:
        yield declared.server.ollama.models_dir
        if declared.server.swap:
            yield declared.server.swap.path


def models_dir(declared: Declared) -> str:
    """Where the models are, or would be."""
    at_home = f"{layout.HOME}/.ollama/models"
    return declared.server.ollama.models_dir if declared.server else at_home
