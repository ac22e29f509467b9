"""All that this package can have put on a host; each list names what its settings may have made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from pyinfra_ollama import layout
from pyinfra_ollama.settings import Declared

# Started and enabled by this package; nginx, ufw and certbot are their packages' own.
UNITS = (
    *(f"{unit}.{kind}" for kind in ("timer", "service") for unit in layout.BACKUP_UNITS),
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
    layout.BACKUP_COMMAND,
    *layout.BACKUP_UNIT_FILES,
    # systemd's own memory of timers that are made up for.
    *(f"/var/lib/systemd/timers/stamp-{unit}.timer" for unit in layout.BACKUP_UNITS),
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
    layout.BACKUP_CACHE,
    "/run/pyinfra-ollama-firewall",
)
LINKS = {layout.COMMAND: f"{layout.OPT}/"}
# Folders that others may use as well: they go when nothing is in them.
SHARED = tuple(
    dict.fromkeys(str(PurePosixPath(path).parent) for path in (layout.DROP_IN, layout.ACME_DROP_IN))
)
# They tell what was made, so they go when all else is gone.
LAST = ("/run/pyinfra-ollama", layout.STATE)


def paths(declared: Declared) -> tuple[str, ...]:
    """Every path that the host is asked about."""
    return tuple(dict.fromkeys((*FILES, *TREES, *LINKS, *SHARED, *LAST, *_own(declared))))


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
