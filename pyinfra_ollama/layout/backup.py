"""Where the backup is on a host."""

from __future__ import annotations

from pyinfra_ollama.layout.roots import CONFIGURATION, HOST_LIBRARY, STATE

PRIVATE = f"{CONFIGURATION}/backup"
SETTINGS = f"{PRIVATE}/settings"
PASSWORD = f"{PRIVATE}/password"
# The address, with a login in it where there is one.
REPOSITORY = f"{PRIVATE}/repository"
CREDENTIALS = f"{PRIVATE}/credentials"
SSH_KEY = f"{PRIVATE}/ssh-key"
KNOWN_HOSTS = f"{PRIVATE}/known-hosts"
AUTHORITY = f"{PRIVATE}/authority.pem"
RESULTS = f"{STATE}/backup"
# What Debian's node exporter reads, where it is installed.
FIGURES = "/var/lib/prometheus/node-exporter/pyinfra-ollama-backup.prom"
CACHE = "/var/cache/pyinfra-ollama-backup"
COMMAND = "/usr/local/sbin/ollama-backup"
TOOLS = (
    COMMAND,
    *(f"{HOST_LIBRARY}/backup/{part}.sh" for part in ("back", "figures", "keep", "repository")),
)
# By which the repository is reached, in the order in which the tool hashes them.
ACCESS = (REPOSITORY, PASSWORD, AUTHORITY, CREDENTIALS, KNOWN_HOSTS, SSH_KEY)
UNITS = ("ollama-backup-run", "ollama-backup-check", "ollama-backup-rehearse")
UNIT_FILES = tuple(
    f"/etc/systemd/system/{unit}.{kind}" for unit in UNITS for kind in ("service", "timer")
)
FILES = (
    SETTINGS,
    PASSWORD,
    REPOSITORY,
    CREDENTIALS,
    SSH_KEY,
    KNOWN_HOSTS,
    AUTHORITY,
    *TOOLS,
    *UNIT_FILES,
)
