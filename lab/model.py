"""What a lab is: its machines, their addresses, and where its files are."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from lab.errors import UsageError
from lab.processes import leader

Root = Literal["overlay", "plain"]
INFRA = "infra"
ASKER = "asker"
USERS = ("root", "deployer", ASKER)
"""Who may log in on every host; sudo lets `deployer` pass and asks `asker` for a password."""
MIRROR_PORT, REGISTRY_PORT, APT_PROXY_PORT = 8080, 5000, 3142
FIRST_HOST = 11  # the bridge has .1, infra .2


@dataclass(frozen=True)
class LabHost:
    """One machine. `plain` roots are copies, on which swap works; others are overlays."""

    name: str
    address: str
    root: Root = "overlay"


@dataclass(frozen=True)
class Artefacts:
    """The cached folders a lab stands on; a running lab keeps its own when newer ones are made."""

    base: str
    infra: str
    registry: str
    releases: str
    apt: str


@dataclass(frozen=True)
class LabState:
    """One lab. Written before anything is made, so that `down` knows what to look for."""

    name: str
    suite: str
    subnet: str
    bridge: str
    sudo_password: str
    """Password of `asker`, whose sudo asks for it; `root` and `deployer` need none."""
    hosts: tuple[LabHost, ...] = ()
    mtu: int = 1500
    made: Artefacts | None = None
    folder: Path = field(default=Path(), compare=False)

    @property
    def key(self) -> Path:
        """Private ssh key that every user of every host accepts."""
        return self.folder / "key"

    @property
    def known_hosts(self) -> Path:
        """Host keys of all machines; complete before anybody connects."""
        return self.folder / "known_hosts"

    @property
    def mirror_extra(self) -> Path:
        """Files put here are served by the mirror in front of the real releases (for tests)."""
        return self.folder / "mirror-extra"

    @property
    def gateway(self) -> str:
        """The bridge's own address."""
        return self._address(1)

    @property
    def infra(self) -> LabHost:
        """The machine that serves releases, models and apt's packages."""
        return LabHost(INFRA, self._address(2))

    @property
    def machines(self) -> tuple[LabHost, ...]:
        """The hosts and `infra`."""
        return (self.infra, *self.hosts)

    @property
    def mirror_url(self) -> str:
        """Serves `/<version>/<archive>` and `/<version>/sha256sum.txt`."""
        return f"http://{self.infra.address}:{MIRROR_PORT}"

    @property
    def registry(self) -> str:
        """`host:port` of the model registry, plain http."""
        return f"{self.infra.address}:{REGISTRY_PORT}"

    @property
    def apt_proxy(self) -> str:
        """A proxy for apt that keeps what it fetched in the cache."""
        return f"http://{self.infra.address}:{APT_PROXY_PORT}"

    @property
    def prefix_length(self) -> int:
        """Of the subnet."""
        return ipaddress.IPv4Network(self.subnet).prefixlen

    def host(self, name: str) -> LabHost:
        """The machine of that name, UsageError with the names there are."""
        for machine in self.machines:
            if machine.name == name:
                return machine
        names = ", ".join(machine.name for machine in self.machines)
        raise UsageError(f"lab {self.name!r} has no host {name!r}; it has {names}")

    def check_user(self, name: str) -> None:
        """UsageError when no host has that user."""
        if name not in USERS:
            raise UsageError(f"LAB_USER {name!r}: the lab's hosts have {', '.join(USERS)}")

    def next_hosts(self, count: int, root: Root = "overlay") -> LabState:
        """This lab with `count` more hosts."""
        first = len(self.hosts)
        if FIRST_HOST + first + count >= ipaddress.IPv4Network(self.subnet).num_addresses:
            raise UsageError(
                f"{self.subnet} has no room for {first + count} hosts; use a larger --subnet"
            )
        new = tuple(
            LabHost(f"host{number + 1}", self._address(FIRST_HOST + number), root)
            for number in range(first, first + count)
        )
        return replace(self, hosts=self.hosts + new)

    def machine_folder(self, name: str) -> Path:
        """Where a machine's root, keys and log are."""
        return self.folder / "hosts" / name

    def running(self, name: str) -> bool:
        """Whether the machine runs now."""
        return leader(self.machine_folder(name)) is not None

    def _address(self, number: int) -> str:
        return str(ipaddress.IPv4Network(self.subnet).network_address + number)
