"""What a run asks a host: derived from its settings, so every operation asks the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.settings import (
    Declared,
    GatewaySettings,
    HostSettings,
    Model,
    Ollama,
    Packages,
    Swap,
)
from pyinfra_ollama.snapshot.wanted import REQUIRED_PACKAGES, wanted_packages

# What the roles of a host add, in any of which one question may ask more than another.
_BY_ROLE: dict[str, Any] = {
    "files": (),
    "packages": (),
    "gateway": (),
    "firewall": False,
    "metrics": (),
    "observer": (),
    "watch": False,
    "backup": (),
}


@dataclass(frozen=True)
class Question:
    """The arguments of scripts/snapshot.sh, in its order.

    + gateway: the arguments of scripts/snapshot-gateway.sh, empty where no gateway is declared
    + firewall: whether scripts/snapshot-firewall.sh is run
    + metrics, observer: the arguments of scripts/snapshot-metrics.sh and -observer.sh, or nothing
    + watch: whether scripts/snapshot-watch.sh is run
    + backup: the arguments of scripts/snapshot-backup.sh, empty where no backup is declared
    """

    files: tuple[str, ...]
    packages: tuple[str, ...]
    base_url: str
    models_dir: str
    port: int
    show: tuple[str, ...]
    upgrade: str
    swapfile: str
    gateway: tuple[str, ...] = ()
    firewall: bool = False
    metrics: tuple[str, ...] = ()
    observer: tuple[str, ...] = ()
    watch: bool = False
    backup: tuple[str, ...] = ()

    @property
    def scripts(self) -> tuple[str, ...]:
        """The scripts that are run as one, in this order."""
        gateway = ("snapshot-gateway",) if self.gateway else ()
        firewall = ("snapshot-firewall",) if self.firewall else ()
        metrics = ("snapshot-metrics",) if self.metrics else ()
        observer = ("snapshot-observer",) if self.observer else ()
        watch = ("snapshot-watch",) if self.watch else ()
        backup = ("snapshot-backup",) if self.backup else ()
        return ("snapshot", *gateway, *firewall, *watch, *metrics, *observer, *backup)

    def covers(self, other: Question) -> bool:
        """Whether an answer to this question holds all that another asks."""
        return (
            set(other.files) <= set(self.files)
            and set(other.packages) <= set(self.packages)
            and other.gateway in ((), self.gateway)
            and other.firewall <= self.firewall
            and other.metrics in ((), self.metrics)
            and other.observer in ((), self.observer)
            and other.watch <= self.watch
            and other.backup in ((), self.backup)
            and replace(self, **_BY_ROLE) == replace(other, **_BY_ROLE)
        )

    def arguments(self) -> tuple[str, ...]:
        """Positional arguments for the script."""
        return (
            "\n".join(self.files),
            " ".join(self.packages),
            self.base_url,
            self.models_dir,
            str(self.port),
            "\n".join(self.show),
            self.upgrade,
            self.swapfile,
            *_padded(self.gateway, 2),
            *_padded(self.metrics, 2),
            *_padded(self.observer, 1),
            *_padded(self.backup, 1),
        )


def _padded(arguments: tuple[str, ...], length: int) -> tuple[str, ...]:
    """Arguments by their place: those that follow have theirs also where these are none."""
    return arguments or ("",) * length


MANAGED = (layout.UNIT_FILE, layout.DROP_IN, layout.SECRETS_FILE, layout.SYSCTL_FILE)


def whole_question(declared: Declared) -> Question:
    """All that a run asks a host, whose answer covers the questions of each role."""
    server = declared.server
    # Without a server its questions are asked all the same: they find nothing, as on a bare host.
    asked = question_for(server) if server else _question(declared.packages, Ollama(), None)
    asked = replace(
        asked,
        packages=wanted_packages(declared),
        firewall=declared.firewall is not None,
        watch=declared.monitoring is not None,
    )
    if declared.monitoring:
        asked = replace(asked, files=(*asked.files, *layout.monitoring.MONITORING_FILES))
    if declared.gateway:
        asked = replace(
            asked,
            files=(*asked.files, *layout.GATEWAY_FILES, layout.NGINX_DUE),
            gateway=gateway_arguments(declared.gateway),
        )
    if declared.metrics or declared.observer:
        from pyinfra_ollama.snapshot.observing import of_monitoring

        asked = of_monitoring(declared, asked)
    if declared.backup:
        folder = (declared.backup.folder,)
        asked = replace(asked, files=(*asked.files, *layout.backup.FILES), backup=folder)
    return asked


def gateway_arguments(settings: GatewaySettings) -> tuple[str, ...]:
    """The arguments of scripts/snapshot-gateway.sh."""
    gateway = settings.gateway
    return (str(gateway.status_port), " ".join(map(str, gateway.ports)))


def question_for(settings: HostSettings) -> Question:
    """The question for the server of a host that should be as `settings` say."""
    return _question(settings.packages, settings.ollama, settings.swap)


def _question(packages: Packages, ollama: Ollama, swap: Swap | None) -> Question:
    swapfile = swap.path if swap else ""
    folders = (layout.OPT, layout.RELEASES, layout.HOME, ollama.models_dir, layout.STATE)
    files = (*MANAGED, *([swapfile] if swapfile else []), *folders)
    return Question(
        files=files,
        packages=tuple(sorted({*REQUIRED_PACKAGES, *packages.tools})),
        base_url=ollama.base_url,
        models_dir=ollama.models_dir,
        port=ollama.port,
        show=tuple(dict.fromkeys(name for model in ollama.models for name in _shown(model))),
        upgrade=packages.upgrade,
        swapfile=swapfile,
    )


def _shown(model: Model) -> tuple[str, ...]:
    """The names that /api/show is asked for: what was made, and what it was made from."""
    if model.base:
        return (model.canonical, model.pulled.listed)
    return (model.canonical,) if model.options else ()
