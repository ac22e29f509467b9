"""What apt has to do."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama.settings import Declared, HostSettings
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.wanted import wanted_packages


@dataclass(frozen=True)
class AptWork:
    """`install`: missing packages; `upgrade`: "", "safe" or "full"; `update`: lists first.

    `upgradable`: what is to be upgraded by the lists that are there now.
    """

    install: tuple[str, ...]
    upgrade: str
    update: bool
    upgradable: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the host is as declared."""
        return not (self.install or self.upgrade or self.update)


def reboot_note(snapshot: Snapshot) -> str | None:
    """What to say of a host that waits for a reboot."""
    if not snapshot.reboot_required:
        return None
    return "a reboot is needed for earlier upgrades; this package never reboots a host"


def work(declared: Declared | HostSettings, snapshot: Snapshot) -> AptWork:
    """Packages to install or upgrade.

    Package lists are fetched only when something is to be installed, or when upgrades are
    wanted, and then only when they are older than `packages.cache_seconds`: so a converged
    host that is not upgraded never shows a change. Held packages are never upgraded.
    """
    state, wanted = snapshot.packages, declared.packages
    missing = tuple(name for name in wanted_packages(declared) if name not in state.installed)
    age = None if state.lists_updated is None else snapshot.now - state.lists_updated
    stale = age is None or age > wanted.cache_seconds or age < 0
    upgrading = wanted.upgrade != "none"
    free = tuple(name for name in state.upgradable if name not in state.held)
    return AptWork(
        install=missing,
        upgrade=wanted.upgrade if upgrading and (free or stale) else "",
        update=stale and (bool(missing) or upgrading),
        upgradable=free if upgrading else (),
    )
