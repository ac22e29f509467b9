"""The file that tells the tool on the host what is declared: shell assignments, no secret in it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from pyinfra_ollama import layout
from pyinfra_ollama.settings import Acme, Backup, Declared, HostSettings, Rest, Sftp

# How snapshots of this package are known among others in the same repository.
TAG = "pyinfra-ollama"
# A clean-up or a check of another host ends within this.
LOCK_SECONDS = 1800
KEY = f"{layout.HOME}/.ollama/id_ed25519"
_CERTBOT = "/etc/letsencrypt"
_LINEAGE = tuple(f"{_CERTBOT}/{folder}/{TAG}" for folder in ("archive", "live"))


def settings_text(declared: Declared, backup: Backup) -> str:
    """The whole file."""
    lines = (f"{key}={shlex.quote(value)}" for key, value in _values(declared, backup).items())
    return "\n".join([f"{layout.MANAGED_LINE}.", *lines]) + "\n"


def _values(declared: Declared, backup: Backup) -> Mapping[str, str]:
    server, place = declared.server, backup.repository
    return {
        "host": declared.name,
        "tag": TAG,
        "private": layout.backup.PRIVATE,
        "state_folder": layout.backup.RESULTS,
        "cache_folder": layout.backup.CACHE,
        "figures": layout.backup.FIGURES,
        "place": place.place(declared.name),
        "sftp_command": _ssh(place) if isinstance(place, Sftp) else "",
        "authority": layout.backup.AUTHORITY if isinstance(place, Rest) and place.authority else "",
        "paths": " ".join(paths(declared)),
        "identity": " ".join(identity(declared)),
        "unless_there": f"{_CERTBOT}/accounts" if _has_acme(declared) else "",
        "models": backup.models if server else "list",
        "models_folder": server.ollama.models_dir if server else layout.backup.RESULTS,
        "pulled": "\n".join(pulled(server)) if server else "",
        "home": layout.HOME,
        "owner": layout.USER if server else "",
        "current": layout.CURRENT,
        "api": server.ollama.base_url if server else "",
        "lock_seconds": str(LOCK_SECONDS),
        "check_percent": str(backup.check_percent),
        "retention": _retention(backup) if backup.forget else "",
    }


def paths(declared: Declared) -> tuple[str, ...]:
    """What is kept besides models; what of it is not there is left out on the host."""
    found = [layout.CONFIGURATION]
    if declared.server:
        folder = layout.DROP_IN.rpartition("/")[0]
        found += [layout.UNIT_FILE, folder, layout.SYSCTL_FILE, KEY, f"{KEY}.pub"]
    if declared.gateway:
        found += [layout.NGINX_CONF, layout.NGINX_FOLDER, layout.NGINX_LOGROTATE]
    if _has_acme(declared):
        found += [*_lineage(), f"{_CERTBOT}/accounts", layout.ACME_DROP_IN]
    if declared.firewall:
        found.append("/etc/ufw")
    watched = layout.monitoring
    if declared.metrics:
        found.append(watched.EXPORTER_UNIT_FILE)
    if declared.metrics or declared.observer:
        found += watched.DEFAULTS.values()
    if declared.observer:
        found += watched.OBSERVER_FILES
    if declared.monitoring:
        found += [*watched.MONITOR_UNITS, watched.MONITOR_LOGROTATE, watched.JOURNALD_FILE]
    return (*found, *layout.backup.UNIT_FILES)


def identity(declared: Declared) -> tuple[str, ...]:
    """What is put back in its place; the rest the deployment makes of the declaration."""
    found = []
    if declared.server:
        found += [KEY, f"{KEY}.pub"]
    if declared.gateway:
        found.append(layout.TLS_FOLDER)
    if _has_acme(declared):
        found += _lineage()
    return tuple(found)


def pulled(server: HostSettings) -> tuple[str, ...]:
    """The manifests that a deployment pulls again, below the models folder.

    Not the base of a declared model: that model is kept, so nothing has its base pulled again.
    """
    plain = (one for one in server.ollama.models if not one.base and not one.options)
    return tuple(sorted({model.pulled.manifest_path for model in plain}))


def _lineage() -> tuple[str, ...]:
    return (*_LINEAGE, f"{_CERTBOT}/renewal/{TAG}.conf")


def _has_acme(declared: Declared) -> bool:
    return declared.gateway is not None and isinstance(declared.gateway.gateway.tls, Acme)


def _ssh(place: Sftp) -> str:
    options = (
        "IdentitiesOnly=yes",
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        f"UserKnownHostsFile={layout.backup.KNOWN_HOSTS}",
        "ConnectTimeout=20",
        "ServerAliveInterval=60",
    )
    words = ["ssh", "-p", str(place.port), "-i", layout.backup.SSH_KEY]
    words += [word for option in options for word in ("-o", option)]
    return " ".join([*words, f"{place.user}@{place.server}", "-s", "sftp"])


def _retention(backup: Backup) -> str:
    kept = {
        "last": backup.keep_last,
        "daily": backup.keep_daily,
        "weekly": backup.keep_weekly,
        "monthly": backup.keep_monthly,
    }
    return " ".join(f"--keep-{name} {count}" for name, count in kept.items() if count)
