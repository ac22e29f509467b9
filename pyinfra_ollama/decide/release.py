"""Which release a host should have, from where, and what of it.

Archive names and layout: Ollama's release workflow at 0.33.0. The `rocm` and `jetpack`
archives hold only further libraries and are unpacked over the base archive, as the
official installer does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import GpuState, Snapshot

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Gigabytes that a host without a GPU cannot use (sizes in docs/architecture.md).
GPU_LIBRARIES = ("cuda_*", "mlx_*", "vulkan", "rocm*")
JETPACK_BY_TEGRA = {35: "jetpack5", 36: "jetpack6"}


@dataclass(frozen=True)
class Archive:
    """One archive: its name, where it is fetched, its hash if the settings pin it."""

    name: str
    url: str
    sums_url: str
    sha256: str | None


@dataclass(frozen=True)
class Plan:
    """What an installed release must be: `notes` is written into it and compared later.

    `local`: the archives as files on the controller, in the order of `archives`, or nothing.
    """

    version: str
    archives: tuple[Archive, ...]
    exclude: tuple[str, ...]
    notes: Mapping[str, str]
    local: tuple[Path, ...] = ()

    @property
    def local_bytes(self) -> int:
        """How much is sent from the controller."""
        return sum(path.stat().st_size for path in self.local)


def architecture(machine: str) -> str:
    """`uname -m` as Ollama names it; RefusedError for what it has no archive for."""
    try:
        return ARCHITECTURES[machine]
    except KeyError:
        raise RefusedError(
            f"the machine is {machine}; Ollama has Linux archives for "
            f"{', '.join(ARCHITECTURES)}: use another machine"
        ) from None


def variant(declared: str, arch: str, gpu: GpuState) -> str:
    """The extra archive: "none", "rocm", "jetpack5" or "jetpack6"."""
    if declared != "auto":
        wants = "amd64" if declared == "rocm" else "arm64"
        if declared != "none" and arch != wants:
            raise RefusedError(
                f"release.variant is {declared!r}, which exists for {wants} only, and the "
                f'machine is {arch}: use variant="auto"'
            )
        return declared
    if arch == "amd64" and gpu.vendor == "amd":
        return "rocm"
    if arch == "arm64" and gpu.tegra is not None:
        return JETPACK_BY_TEGRA.get(gpu.tegra, "none")
    return "none"


def plan(settings: HostSettings, snapshot: Snapshot) -> Plan:
    """What should be under /opt/ollama/releases/<version> on this host."""
    release, version = settings.release, settings.ollama.version
    arch = architecture(snapshot.machine)
    chosen = variant(release.variant, arch, snapshot.gpu)
    drop = release.gpu_libraries == "drop" or (
        release.gpu_libraries == "auto" and snapshot.gpu.vendor is None
    )
    names = [release.archive_name(arch)]
    if chosen != "none":
        names.append(release.archive_name(arch, variant=chosen))
    sums = release.checksums_url(version=version)
    archives = tuple(
        Archive(
            name=name,
            url=release.archive_url(version=version, archive=name),
            sums_url=sums,
            sha256=release.sha256.get(name),
        )
        for name in names
    )
    notes = {"variant": chosen, "gpu": "dropped" if drop else "kept"}
    pins = ",".join(archive.sha256[:16] for archive in archives if archive.sha256)
    if pins:
        notes["pinned"] = pins
    local = _local(Path(release.archive), names) if release.archive else ()
    exclude = tuple(f"lib/ollama/{name}" for name in GPU_LIBRARIES) if drop else ()
    return Plan(version, archives, exclude, notes, local)


def _local(base: Path, names: list[str]) -> tuple[Path, ...]:
    """The archive on the controller and, beside it, the additions that the host needs."""
    paths = (base, *(base.with_name(name) for name in names[1:]))
    for path in paths:
        if not path.is_file():
            raise RefusedError(
                f"release.archive: {path} is not there, and this host needs it as well: put it "
                'there, or set Release(variant="none")'
            )
    return paths


def installed(wanted: Plan, snapshot: Snapshot) -> bool:
    """Whether the release is there, whole and of the wanted kind."""
    found = snapshot.releases.get(wanted.version)
    if found is None:
        return False
    return all(found.notes.get(key) == value for key, value in wanted.notes.items())


def adopting(snapshot: Snapshot) -> bool:
    """Whether files of the official script are there, to become a release of their own."""
    return snapshot.unit.official_library or snapshot.links.get(layout.COMMAND) == ""


def surplus(settings: HostSettings, snapshot: Snapshot) -> tuple[str, ...]:
    """Releases and leftovers to clear away once the declared version runs.

    What goes beyond the `keep` newest releases; never the declared one nor, unless only one is
    kept, the one to go back to: what ran before it. What a killed installation left behind goes
    as well, unless an installation is due, which clears it away itself.
    """
    version, keep = settings.ollama.version, settings.release.keep
    current = snapshot.links.get(layout.CURRENT, "").removeprefix("releases/")
    before = snapshot.links.get(layout.PREVIOUS, "").removeprefix("releases/")
    there = {name for name in snapshot.releases if not name.startswith(".")} | {version}
    if adopting(snapshot):
        before = layout.OFFICIAL_RELEASE
        there.add(before)
    elif current != version:
        before = current
    needed = {version, before} if keep > 1 else {version}
    ages = {name: found.modified for name, found in snapshot.releases.items()}
    by_age = sorted(there - needed, key=lambda name: ages.get(name, 0), reverse=True)
    extra = by_age[max(0, keep - len(needed & there)) :]
    left = [name for name in snapshot.releases if name.startswith(".")]
    return (*extra, *(left if installed(plan(settings, snapshot), snapshot) else ()))
