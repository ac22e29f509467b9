"""The answer of one host, typed. `None` always means "could not tell", never "empty"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyinfra_ollama.snapshot.backup import BackupState
    from pyinfra_ollama.snapshot.filtering import FirewallState
    from pyinfra_ollama.snapshot.gateway import GatewayState
    from pyinfra_ollama.snapshot.monitoring import MonitoringState
    from pyinfra_ollama.snapshot.watching import WatchState


@dataclass(frozen=True)
class FileState:
    """One existing path. `kind` is stat's word: "regular file", "directory", ..."""

    kind: str
    mode: str
    user: str
    group: str
    size: int
    sha256: str | None = None


@dataclass(frozen=True)
class ReleaseState:
    """One folder under /opt/ollama/releases; `notes` is what the install recorded in it."""

    modified: int
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PackageState:
    """`installed`: name to version; `held`: held back by dpkg; `upgradable`: what apt would do."""

    installed: Mapping[str, str]
    held: frozenset[str]
    upgradable: tuple[str, ...]
    lists_updated: int | None


@dataclass(frozen=True)
class Account:
    """The service user, or `exists=False`; and which of render and video the host has.

    `foreign_file`: one path under its home or the models folder that is not its own.
    `models_dir`: where the declared models folder really is, links followed; `stranger`: one
    path in it that Ollama does not make.
    """

    exists: bool
    home: str | None
    groups: frozenset[str]
    gpu_groups: frozenset[str]
    models_dir: str
    foreign_file: str | None = None
    stranger: str | None = None


@dataclass(frozen=True)
class SwapState:
    """`active`: path to bytes, from /proc/swaps; `fstab`: its swap lines as they are.

    Asked only where a swapfile is declared: the kernel's `swappiness`, `content` is blkid's word
    for what the file holds ("swap"), `half_made` that one was left unfinished, `filesystem`
    stat's word for where it lies. `forbidden`: the kernel does not let this host swap (a
    container).
    """

    active: Mapping[str, int]
    fstab: tuple[str, ...]
    sysctl_writable: bool
    swappiness: int | None = None
    content: str | None = None
    half_made: bool = False
    filesystem: str = ""
    forbidden: bool = False


@dataclass(frozen=True)
class UnitState:
    """ollama.service as systemd sees it, and the process that runs."""

    loaded: bool
    active: str
    enabled: str
    needs_reload: bool
    managed: bool
    exists: bool
    official_library: bool
    foreign_environment: tuple[str, ...]
    pid: int | None = None
    exe: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class ApiState:
    """What the running server says: `models` maps listed names to digests.

    `sizes` maps them to bytes, `parameters` to the lines of /api/show's `parameters`, `weights`
    to the file it names, both for what was asked of it. While no server answers at the declared
    address with the declared folder, all but the version are what it would say of that folder.
    """

    version: str | None
    models: Mapping[str, str] | None
    sizes: Mapping[str, int]
    parameters: Mapping[str, str]
    weights: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GpuState:
    """`vendor`: "nvidia", "amd" or None; `driver`: its device nodes are there."""

    vendor: str | None
    driver: bool
    tegra: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """Everything the operations compare, read from one host at one moment.

    Sizes are bytes, times are seconds since the epoch. `gateway`, `firewall`,
    `monitoring`, `watch` and `backup` are None where they are not declared.
    """

    uid: int
    machine: str
    init: str
    now: int
    reboot_required: bool
    localhost_status: int
    tools: frozenset[str]
    os: Mapping[str, str]
    memory: Mapping[str, int]
    disk: Mapping[str, tuple[str, int]]
    files: Mapping[str, FileState]
    links: Mapping[str, str]
    releases: Mapping[str, ReleaseState]
    packages: PackageState
    account: Account
    swap: SwapState
    unit: UnitState
    port_holders: tuple[str, ...] | None
    api: ApiState
    gpu: GpuState
    verified: str | None
    gateway: GatewayState | None = None
    firewall: FirewallState | None = None
    monitoring: MonitoringState | None = None
    watch: WatchState | None = None
    backup: BackupState | None = None
