"""What group data can make of a host: a server, a gateway, or both."""

from __future__ import annotations

from dataclasses import dataclass

from .backup import Backup
from .base import Setting
from .firewall import Firewall
from .gateway import Gateway
from .machine import Packages, Preflight, Swap
from .ollama import Ollama
from .openings import Opening
from .release import Release
from .resolve import GatewaySettings
from .service import Service
from .verify import Verify

VARIABLES: dict[str, type[Setting]] = {
    "ollama": Ollama,
    "release": Release,
    "service": Service,
    "swap": Swap,
    "packages": Packages,
    "preflight": Preflight,
    "verify": Verify,
    "gateway": Gateway,
    "firewall": Firewall,
    "backup": Backup,
}
"""The variables of group data, each with the class that declares it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    """The validated settings of a host that runs Ollama; what was not declared has its defaults."""

    name: str
    ollama: Ollama
    release: Release
    service: Service
    swap: Swap | None
    packages: Packages
    preflight: Preflight
    verify: Verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that one host is declared to be: each role it has, and what every host has.

    `firewall` is None where the host's own is left alone; `opened` is what its roles need besides
    what it declares. `backup` is None where nothing is kept.
    """

    name: str
    server: HostSettings | None
    gateway: GatewaySettings | None
    firewall: Firewall | None
    opened: tuple[Opening, ...] = ()
    backup: Backup | None = None
    packages: Packages
    preflight: Preflight
    verify: Verify
