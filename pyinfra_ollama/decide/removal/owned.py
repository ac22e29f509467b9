"""All that this package can have put on a host; each list names what its settings may have made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import PurePosixPath

from pyinfra_ollama import layout
from pyinfra_ollama.settings import Declared

# Started and enabled by this package; those of Debian's packages are their own.
UNITS = (
    # What begins others comes first, so that nothing is begun anew behind them.
    *(f"{unit}.{kind}" for kind in ("timer", "service") for unit in layout.backup.UNITS),
    layout.monitoring.MONITOR_TIMER,
    "ollama-monitor.service",
    layout.monitoring.EXPORTER_UNIT,
    layout.UNIT,
)
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
    layout.monitoring.EXPORTER_UNIT_FILE,
    layout.monitoring.EXPORTER_COMMAND,
    *layout.monitoring.DEFAULTS.values(),
    *layout.monitoring.OBSERVER_FILES,
    *(path for path in layout.monitoring.TOOLS if "/bin/" in path),
    layout.monitoring.MONITOR_LOGROTATE,
    layout.monitoring.JOURNALD_FILE,
    *layout.monitoring.MONITOR_UNITS,
    layout.DEBUG_DROP_IN,
    layout.monitoring.MONITOR_FIGURES,
    layout.backup.FIGURES,
    # systemd's own memory of timers that are made up for.
    *(f"/var/lib/systemd/timers/stamp-{unit}.timer" for unit in layout.backup.UNITS),
    "/run/lock/pyinfra-ollama-firewall",
)
# Whole folders in which nothing is anybody else's.
TREES = (
    layout.OPT,
    layout.NGINX_FOLDER,
    layout.GATEWAY_LOGS,
    layout.ACME_ROOT,
    layout.CONFIGURATION,
    layout.HOST_LIBRARY,
    layout.backup.CACHE,
    "/run/pyinfra-ollama-firewall",
    "/run/pyinfra-ollama-monitor",
)
# Logs with their rotated ones beside them.
LOGS = (f"{layout.monitoring.MONITOR_LOG}*",)
LINKS = {layout.COMMAND: f"{layout.OPT}/"}
# Folders that others may use as well: they go when nothing is in them.
SHARED = tuple(
    dict.fromkeys(
        str(PurePosixPath(path).parent)
        for path in (
            layout.DROP_IN,
            layout.ACME_DROP_IN,
            layout.monitoring.JOURNALD_FILE,
            layout.monitoring.MONITOR_UNITS[-1],
            layout.DEBUG_DROP_IN,
            layout.monitoring.PROMETHEUS_RULES,
        )
    )
)
# They tell what was made, so they go when all else is gone.
LAST = ("/run/pyinfra-ollama", layout.STATE)


def paths(declared: Declared) -> tuple[str, ...]:
    """Every path that the host is asked about; `*` at the end stands for rotated logs."""
    own = (*FILES, *LOGS, *TREES, *LINKS, *SHARED, *LAST, *_own(declared))
    return tuple(dict.fromkeys(own))


def logs(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of them that are logs of ours."""
    return tuple(path for path in paths if any(fnmatch(path, log) for log in LOGS))


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
