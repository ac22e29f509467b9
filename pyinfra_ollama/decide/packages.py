"""What apt has to do."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.question import wanted_packages


@dataclass(frozen=True)
class AptWork:
    """`install`: missing packages; `upgrade`: "", "safe" or "full"; `update`: lists first."""

    install: tuple[str, ...]
    upgrade: str
    update: bool

    @property
    def nothing(self) -> bool:
        """Whether the host is as declared."""
        return not (self.install or self.upgrade or self.update)


def work(settings: HostSettings, snapshot: Snapshot) -> AptWork:
    """Packages to install or upgrade.

    Package lists are fetched only when something is to be installed, or when upgrades are
    wanted, and then only when they are older than `packages.cache_seconds`: so a converged
    host that is not upgraded never shows a change. Held packages are never upgraded.
    """
    state, declared = snapshot.packages, settings.packages
    missing = tuple(name for name in wanted_packages(settings) if name not in state.installed)
    age = None if state.lists_updated is None else snapshot.now - state.lists_updated
    stale = age is None or age > declared.cache_seconds or age < 0
    upgrading = declared.upgrade != "none"
    due = upgrading and any(name not in state.held for name in state.upgradable)
    return AptWork(
        install=missing,
        upgrade=declared.upgrade if due or (upgrading and stale) else "",
        update=stale and (bool(missing) or upgrading),
    )
