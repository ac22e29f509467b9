"""Whether the swapfile is as declared, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings, Swap
from pyinfra_ollama.settings.units import human_size
from pyinfra_ollama.snapshot import Snapshot

# mkswap keeps one page of the file for its header; /proc/swaps shows the rest.
HEADER_BYTES = 64 * 1024
# What a host keeps free on the swapfile's disk whatever is declared; our choice.
SPARE_BYTES = 512 * 1024**2


@dataclass(frozen=True)
class SwapNeed:
    """`reasons` in words; `remake` when the file itself has to be made anew."""

    reasons: tuple[str, ...]
    remake: bool = False


def need(swap: Swap, snapshot: Snapshot) -> SwapNeed:
    """What differs; RefusedError when the disk is short or the host cannot swap."""
    size = swap.size
    file = snapshot.files.get(swap.path)
    active = snapshot.swap.active.get(swap.path)
    listed = [line for line in snapshot.swap.fstab if line.split()[0] == swap.path]
    if size == 0:
        gone = not file and active is None and not listed
        return SwapNeed(() if gone else (f"{swap.path} is to be removed",))

    reasons = []
    remake = file is None or file.size != size
    if file is None:
        reasons.append(f"{swap.path} does not exist")
    elif file.size != size:
        reasons.append(f"{swap.path} has {human_size(file.size)}, not {human_size(size)}")
    else:
        if (file.mode, file.user) != ("600", "root"):
            reasons.append(f"{swap.path} has mode {file.mode} and owner {file.user}")
        if active is None or not size - HEADER_BYTES <= active <= size:
            reasons.append(f"{swap.path} is not active")
    if len(listed) != 1:
        reasons.append(f"/etc/fstab has {len(listed)} lines for {swap.path}")
    if reasons and remake:
        _room(swap, snapshot, file.size if file else 0)
    return SwapNeed(tuple(reasons), remake)


def _room(swap: Swap, snapshot: Snapshot, freed: int) -> None:
    parent = swap.path.rsplit("/", 1)[0] or "/"
    mount, free = snapshot.disk[parent]
    if free + freed < swap.size + SPARE_BYTES:
        raise RefusedError(
            f"swap.size is {human_size(swap.size)}, but {mount} has {human_size(free)} free "
            f"and {human_size(SPARE_BYTES)} must stay free: declare less swap or free space"
        )


def swappiness(settings: HostSettings, snapshot: Snapshot) -> int | None:
    """The value to set in the kernel now; None when it is right or cannot be set here."""
    if settings.swap is None or settings.swap.size == 0 or not snapshot.swap.sysctl_writable:
        return None
    wanted = settings.swap.swappiness
    return wanted if wanted != snapshot.swap.swappiness else None
