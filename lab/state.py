"""What is known about one lab, as JSON in its folder; others (inventory, tests) only read it."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lab.errors import LabError, NotUpError, UsageError
from lab.paths import labs_dir
from lab.processes import leader, machine_processes

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
        return dataclasses.replace(self, hosts=self.hosts + new)

    def machine_folder(self, name: str) -> Path:
        """Where a machine's root, keys and log are."""
        return self.folder / "hosts" / name

    def running(self, name: str) -> bool:
        """Whether the machine runs now."""
        return leader(self.machine_folder(name)) is not None

    def _address(self, number: int) -> str:
        return str(ipaddress.IPv4Network(self.subnet).network_address + number)


def folder(name: str) -> Path:
    """The folder of the lab of that name, whether it exists or not."""
    # 12 letters leave room in the kernel's 15 for an interface name.
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,11}", name):
        raise UsageError(
            f"lab name {name!r}: up to 12 of a-z, 0-9 and '-', starting with a letter, are possible"
        )
    return labs_dir() / name


def read(name: str = "default") -> LabState:
    """The lab of that name; NotUpError with the command that makes it when there is none."""
    path = folder(name) / "lab.json"
    try:
        data = json.loads(path.read_text())
        hosts = tuple(LabHost(**host) for host in data.pop("hosts"))
        made = data.pop("made")
        return LabState(
            **data, hosts=hosts, made=Artefacts(**made) if made else None, folder=path.parent
        )
    except FileNotFoundError:
        raise NotUpError(f"no lab {name!r} is up; start one: {start_command(name)}") from None
    except PermissionError:
        raise LabError(f"{path} can be read by root only; run this as root") from None
    except (ValueError, TypeError, KeyError) as error:
        raise LabError(
            f"{path} is damaged or another version's ({error!r}): "
            f"`python -m lab down --name {name}` removes that lab"
        ) from None


def read_alive(name: str) -> LabState:
    """The lab of that name, NotUpError unless at least one of its machines runs."""
    lab = read(name)
    if not machine_processes(lab.folder):
        raise NotUpError(
            f"lab {name!r} is not running any more; start it again: {start_command(name)}"
        )
    return lab


def write(state: LabState) -> None:
    """Replace the lab's JSON in one rename."""
    state.folder.mkdir(parents=True, exist_ok=True)
    state.folder.chmod(0o700)
    data = dataclasses.asdict(state)
    del data["folder"]
    part = state.folder / ".lab.json.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(data, handle, indent=2)
    part.rename(state.folder / "lab.json")


def all_names() -> list[str]:
    """Names of the labs that left a state on disk, up or stale."""
    return sorted(path.parent.name for path in labs_dir().glob("*/lab.json"))


def start_command(name: str) -> str:
    """What a person types to have this lab."""
    return "python -m lab up --hosts 3" + ("" if name == "default" else f" --name {name}")
