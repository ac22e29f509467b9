"""The text of the unit, its drop-in and what the running process must then look like.

systemd.exec(5), v252: in `Environment="K=V"` a backslash, a double quote and `%` need
escaping, `$` does not. In an EnvironmentFile a double-quoted value takes backslash escapes
for `"`, `\\`, `$` and a backquote, and `%` is plain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot

DEVICES = {
    "nvidia": ("char-nvidiactl", "char-nvidia-caps", "char-nvidia-frontend", "char-nvidia-uvm"),
    "amd": ("char-drm", "char-fb", "char-kfd"),
}
# Changing these needs no new process: systemd takes them at daemon-reload.
_LIVE = ("Restart", "StartLimit", "Timeout", "Description", "Documentation", "#")


# systemd-analyze (252, 257) ends with 0 on settings it ignores, so its words count too.
JUDGE = (
    f'said=$(SYSTEMD_UNIT_PATH="$stage/etc/systemd/system:" systemd-analyze verify --man=no '
    f'"$stage{layout.UNIT_FILE}" 2>&1) && ! printf "%s" "$said" | grep -E "$stage.*(ignor|nknown)" '
    '|| { printf "%s\\n" "$said"; exit 1; }'
)


def gpu_groups(snapshot: Snapshot) -> tuple[str, ...]:
    """Which of render and video the service joins: those the host has, if it has a GPU."""
    return tuple(sorted(snapshot.account.gpu_groups)) if snapshot.gpu.vendor else ()


def unit_values(settings: HostSettings, snapshot: Snapshot) -> dict[str, object]:
    """What templates/etc/systemd/system/ollama.service.j2 needs."""
    models_dir = settings.ollama.models_dir
    writable = [layout.HOME]
    if not models_dir.startswith(f"{layout.HOME}/"):
        writable.append(models_dir)
    return {
        "layout": layout,
        "service": settings.service,
        "gpu": snapshot.gpu.vendor,
        "gpu_groups": gpu_groups(snapshot),
        "devices": DEVICES.get(snapshot.gpu.vendor or "", ()),
        "writable": writable,
    }


def stamp(unit_text: str) -> str:
    """A hash of all in the unit that only a new process takes on."""
    lines = [line for line in unit_text.splitlines() if line and not line.startswith(_LIVE)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ServiceEnvironment:
    """The declared environment: what is plain, what is secret, and the hash of both."""

    plain: Mapping[str, str]
    secret: Mapping[str, str] = field(repr=False)

    @property
    def sha256(self) -> str:
        """The hash that scripts/snapshot.sh prints for a process with this environment."""
        merged = {**self.plain, **self.secret}
        lines = sorted(f"{key}={value}\n".encode() for key, value in merged.items())
        return hashlib.sha256(b"".join(lines)).hexdigest()


def environment(settings: HostSettings, unit_text: str) -> ServiceEnvironment:
    """Everything the service is given, the unit's stamp included."""
    values = settings.environ()
    hidden = values.secret_names
    plain = {key: value for key, value in values.items() if key not in hidden}
    plain[layout.UNIT_STAMP] = stamp(unit_text)
    return ServiceEnvironment(plain, {key: values[key] for key in hidden if key in values})


def drop_in_values(settings: HostSettings, declared: ServiceEnvironment) -> dict[str, object]:
    """What templates/.../50-pyinfra-ollama.conf.j2 needs."""
    lines = [quoted(f"{key}={value}") for key, value in sorted(declared.plain.items())]
    return {
        "environment": lines,
        "secrets_file": layout.SECRETS_FILE if declared.secret else None,
        "limits": limits(settings),
    }


def limits(settings: HostSettings) -> list[tuple[str, str]]:
    """The declared resource limits as systemd.resource-control(5) names them."""
    service = settings.service
    declared = (
        ("MemoryMax", service.memory_max),
        ("MemoryHigh", service.memory_high),
        ("CPUQuota", service.cpu_quota_percent and f"{service.cpu_quota_percent}%"),
        ("TasksMax", service.tasks_max),
        ("OOMPolicy", service.oom_policy),
    )
    return [(key, str(value)) for key, value in declared if value is not None]


def quoted(assignment: str) -> str:
    """One value of `Environment=`."""
    text = assignment.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"'


def secrets_text(secret: Mapping[str, str]) -> str:
    """The EnvironmentFile with the secret values."""
    lines = [layout.MANAGED_LINE]
    for key, value in sorted(secret.items()):
        escaped = "".join(f"\\{char}" if char in '"\\$`' else char for char in value)
        lines.append(f'{key}="{escaped}"')
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class UnitFiles:
    """The unit's files and the environment that a process started from them has."""

    files: tuple[ManagedFile, ...]
    environment: ServiceEnvironment


def unit_files(settings: HostSettings, snapshot: Snapshot, templates: Path) -> UnitFiles:
    """Render the unit, its drop-in and, for secrets, a file that only root can read."""
    text = render(templates, f"{layout.UNIT_FILE[1:]}.j2", **unit_values(settings, snapshot))
    declared = environment(settings, text)
    drop_in = render(templates, f"{layout.DROP_IN[1:]}.j2", **drop_in_values(settings, declared))
    secrets = secrets_text(declared.secret) if declared.secret else None
    files = (
        ManagedFile(path=layout.UNIT_FILE, content=text),
        ManagedFile(path=layout.DROP_IN, content=drop_in),
        ManagedFile(path=layout.SECRETS_FILE, content=secrets, mode="600", secret=True),
    )
    return UnitFiles(files, declared)
