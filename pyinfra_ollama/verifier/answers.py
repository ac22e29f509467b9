"""What one host's probe says, typed. `None` means "could not tell", never "empty"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Disk", "Localhost", "PathState", "Probe", "Process", "Socket", "Swappiness"]


@dataclass(frozen=True)
class Process:
    """The service's main process; `exe` ends in " (deleted)" when its file was replaced.

    `age`: seconds since it was started.
    """

    pid: int
    exe: str
    environ: Mapping[str, str]
    age: int


@dataclass(frozen=True)
class Socket:
    """One listening socket; `address` is "*" for [::] that takes IPv4 as well."""

    protocol: str
    address: str
    port: int
    pids: frozenset[int]
    commands: frozenset[str]


@dataclass(frozen=True)
class Swappiness:
    """`kept`: the value in /etc/sysctl.d that wins at the next boot."""

    now: int
    writable: bool
    kept: str | None


@dataclass(frozen=True)
class Disk:
    """A file system that holds models or releases; bytes."""

    mount: str
    free: int
    size: int


@dataclass(frozen=True)
class Localhost:
    """How `localhost` resolves; `status` is getent's, 124 after five seconds."""

    addresses: tuple[str, ...]
    status: int
    milliseconds: int
    in_hosts_file: bool


@dataclass(frozen=True)
class PathState:
    """One existing path; `mode` as in chmod."""

    mode: int
    user: str
    group: str
    size: int
    kind: str


@dataclass(frozen=True)
class Probe:
    """Everything asked. `process` is None as well while the service does not run."""

    problems: Mapping[str, str]
    uid: int | None = None
    unit: Mapping[str, str] | None = None
    process: Process | None = None
    members: frozenset[int] | None = None
    sockets: tuple[Socket, ...] | None = None
    executables: Mapping[int, str] | None = None
    current: str | None = None
    swaps: Mapping[str, int] | None = None
    fstab: tuple[str, ...] | None = None
    swappiness: Swappiness | None = None
    memory: Mapping[str, int] | None = None
    disks: tuple[Disk, ...] | None = None
    localhost: Localhost | None = None
    paths: Mapping[str, PathState | None] | None = None

    def why(self, *sections: str) -> str:
        """Why one of these sections could not be told."""
        reasons = [f"{s}: {self.problems[s]}" for s in sections if s in self.problems]
        return "; ".join(reasons) or "the host did not say"
