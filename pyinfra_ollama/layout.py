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
UNIT_STAMP = "PYINFRA_OLLAMA_UNIT"
MANAGED_LINE = "# Managed by pyinfra-ollama"

SYSCTL_FILE = "/etc/sysctl.d/60-pyinfra-ollama.conf"
FSTAB = "/etc/fstab"

STATE = "/var/lib/pyinfra-ollama"
VERIFIED_STAMP = f"{STATE}/verified"
APT_STAMP = f"{STATE}/apt-updated"

# What the official script leaves beside the unit and /usr/local/bin/ollama.
OFFICIAL_LIBRARY = "/usr/local/lib/ollama"
# The release that an installation of it becomes when it is taken over.
OFFICIAL_RELEASE = "official"


def release_directory(version: str) -> str:
    """The folder of one release, e.g. `/opt/ollama/releases/0.33.0`."""
    return f"{RELEASES}/{version}"
