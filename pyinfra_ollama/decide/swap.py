"""Whether the swapfile is as declared, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyinfra_ollama import layout
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import HostSettings, Swap
from pyinfra_ollama.settings.units import human_size
from pyinfra_ollama.snapshot import FileState, Snapshot

# mkswap keeps one page of the file for its header; /proc/swaps shows the rest.
HEADER_BYTES = 64 * 1024
# What a host keeps free on the swapfile's disk whatever is declared; our choice.
SPARE_BYTES = 512 * 1024**2
# swapon(2): no swapfiles on these (stat's words, coreutils 9.1; overlayfs tried 2026-11).
UNFIT = {"overlayfs", "tmpfs", "ramfs", "nfs", "zfs", "fuseblk", "cifs", "smb2", "9p", "v9fs"}

Make = Literal["no", "beside", "instead"]


@dataclass(frozen=True)
class SwapNeed:
    """What differs, in words, and how the file is to be made anew (see scripts/swap.sh)."""

    reasons: tuple[str, ...]
    make: Make = "no"


@dataclass(frozen=True)
class SwapWork:
    """What the swapfile needs, the value of vm.swappiness to set now, or why nothing can be."""

    need: SwapNeed
    swappiness: int | None = None
    barrier: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether the host is as declared, or cannot be."""
        return not self.need.reasons and self.swappiness is None


def files(swap: Swap, templates: Path) -> tuple[ManagedFile, ...]:
    """What sets the kernel's swappiness at boot; without swap there is nothing to set."""
    text = render(templates, f"{layout.SYSCTL_FILE[1:]}.j2", swap=swap)
    return (ManagedFile(path=layout.SYSCTL_FILE, content=text if swap.size else None),)


def work(settings: HostSettings, snapshot: Snapshot) -> SwapWork:
    """Everything that has to be done about swap now; RefusedError as in `need`."""
    declared = settings.swap
    if declared is None:
        return SwapWork(SwapNeed(()))
    reason = barrier(declared, snapshot)
    if reason:
        return SwapWork(SwapNeed(()), barrier=reason)
    return SwapWork(need(declared, snapshot), swappiness(settings, snapshot))


def need(swap: Swap, snapshot: Snapshot) -> SwapNeed:
    """What differs; RefusedError when the disk is short or the path is something else's."""
    size = swap.size
    file = snapshot.files.get(swap.path)
    # Containers see all swap of their machine: another's may have the same path.
    active = snapshot.swap.active.get(swap.path) if file else None
    listed = [line for line in snapshot.swap.fstab if line.split()[0] == swap.path]
    if file is not None:
        _ours(swap, file, snapshot)
    if size == 0:
        gone = file is None and not listed and not snapshot.swap.half_made
        return SwapNeed(() if gone else (f"{swap.path} is to be removed",))

    reasons = []
    misfit = active is not None and not size - HEADER_BYTES <= active <= size
    remake = file is None or file.size != size or misfit
    if file is None:
        reasons.append(f"{swap.path} does not exist")
    elif remake:
        reasons.append(f"{swap.path} has {human_size(file.size)}, not {human_size(size)}")
    else:
        if (file.mode, file.user) != ("600", "root"):
            reasons.append(f"{swap.path} has mode {file.mode} and owner {file.user}")
        if active is None:
            reasons.append(f"{swap.path} is not active")
    if len(listed) != 1:
        reasons.append(f"/etc/fstab has {len(listed)} lines for {swap.path}")
    if snapshot.swap.half_made:
        reasons.append(f"{swap.path}.new was left half made")
    make = _make(swap, snapshot, file.size if file else 0) if remake else "no"
    return SwapNeed(tuple(reasons), make)


def _ours(swap: Swap, file: FileState, snapshot: Snapshot) -> None:
    if file.kind == "regular file" and snapshot.swap.content == "swap":
        return
    seen = "not a swapfile" if file.kind.startswith("regular") else f"a {file.kind}"
    raise RefusedError(
        f"{swap.path} is {seen}, so it is left alone: move it away, or declare another path "
        "in Swap(path=...)"
    )


def _make(swap: Swap, snapshot: Snapshot, freed: int) -> Make:
    mount, free = snapshot.disk[folder(swap)]
    if free >= swap.size + SPARE_BYTES:
        return "beside"
    if free + freed >= swap.size + SPARE_BYTES:
        return "instead"
    raise RefusedError(
        f"swap.size is {human_size(swap.size)}, but {mount} has {human_size(free + freed)} free "
        f"and {human_size(SPARE_BYTES)} must stay free: declare less swap or free space"
    )


def folder(swap: Swap) -> str:
    """Where the swapfile lies."""
    return swap.path.rsplit("/", 1)[0] or "/"


def barrier(swap: Swap, snapshot: Snapshot) -> str | None:
    """Why the host cannot have the declared swapfile at all, or None when it can."""
    if swap.size == 0:
        return None
    if snapshot.swap.forbidden:
        return "the kernel does not let this host swap (a container)"
    if snapshot.swap.filesystem in UNFIT:
        return f"{snapshot.swap.filesystem} under {swap.path} holds no swapfiles"
    return None


def growth(settings: HostSettings, snapshot: Snapshot) -> int:
    """Bytes of disk that the declared swapfile takes beyond what is there."""
    swap = settings.swap
    if swap is None or barrier(swap, snapshot):
        return 0
    file = snapshot.files.get(swap.path)
    return max(0, swap.size - (file.size if file else 0))


def swappiness(settings: HostSettings, snapshot: Snapshot) -> int | None:
    """The value to set in the kernel now; None when it is right or cannot be set here."""
    if settings.swap is None or settings.swap.size == 0 or not snapshot.swap.sysctl_writable:
        return None
    wanted = settings.swap.swappiness
    return wanted if wanted != snapshot.swap.swappiness else None
