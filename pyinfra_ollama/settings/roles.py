"""What group data can make of a host: a server, a gateway, an observer of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from .base import Setting
from .environ import Environ
from .firewall import Firewall
from .gateway import Gateway
from .machine import Packages, Preflight, Swap
from .ollama import Ollama
from .openings import Opening
from .release import Release
from .resolve import GatewaySettings
from .service import Service
from .verify import Verify

if TYPE_CHECKING:
    from .backup import Backup
    from .metrics import MetricsSettings
    from .monitoring import Monitoring
    from .observer import ObserverSettings


class _Variables(Mapping[str, type[Setting]]):
    """Classes by variable; those that few hosts declare are imported when they are asked for."""

    def __init__(self, here: Mapping[str, type[Setting]], **later: str) -> None:
        self._here, self._later = here, later

    def __getitem__(self, variable: str) -> type[Setting]:
        if variable in self._here:
            return self._here[variable]
        name = self._later[variable]
        model: type[Setting] = getattr(import_module(f".{variable}", __package__), name)
        return model

    def __contains__(self, variable: object) -> bool:
        return variable in self._here or variable in self._later

    def __iter__(self) -> Iterator[str]:
        yield from (*self._here, *self._later)

    def __len__(self) -> int:
        return len(self._here) + len(self._later)


_HERE: dict[str, type[Setting]] = {
    "ollama": Ollama,
    "release": Release,
    "service": Service,
    "swap": Swap,
    "packages": Packages,
    "preflight": Preflight,
    "verify": Verify,
    "gateway": Gateway,
    "firewall": Firewall,
}
VARIABLES = _Variables(
    _HERE, monitoring="Monitoring", metrics="Metrics", observer="Observer", backup="Backup"
)
"""The variables of group data, each with the class that declares it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    """The validated settings of a host that runs Ollama; what was not declared has its defaults.

    `runner_metrics`: runners are to tell their metrics.
    """

    name: str
    ollama: Ollama
    release: Release
    service: Service
    swap: Swap | None
    packages: Packages
    preflight: Preflight
    verify: Verify
    runner_metrics: bool = False

    def environ(self) -> Environ:
        """The variables of the service: those of its server, and what its metrics need."""
        values = self.ollama.environ()
        if self.runner_metrics:
            values.setdefault("LLAMA_ARG_ENDPOINT_METRICS", "1")
        return Environ(values.items(), values.secret_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that one host is declared to be: each role it has, and what every host has.

    `firewall` is None where the host's own is left alone; `opened` is what its roles need besides
    what it declares. `metrics`, `observer`, `monitoring` and `backup` are None where they are not
    declared: then nothing of them is put on the host.
    """

    name: str
    server: HostSettings | None
    gateway: GatewaySettings | None
    firewall: Firewall | None
    opened: tuple[Opening, ...] = ()
    metrics: MetricsSettings | None = None
    observer: ObserverSettings | None = None
    monitoring: Monitoring | None = None
    backup: Backup | None = None
    packages: Packages
    preflight: Preflight
    verify: Verify
