"""What would change in the system around the server: packages, swap, the user."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.decide import account as accounts
from pyinfra_ollama.decide import packages as apt
from pyinfra_ollama.decide import swap
from pyinfra_ollama.decide.plan.change import Change, Detail
from pyinfra_ollama.settings import Declared, HostSettings, human_size
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def packages(declared: Declared, snapshot: Snapshot) -> Iterator[Change]:
    """Package lists, then what is installed, then what is upgraded."""
    work = apt.work(declared, snapshot)
    if work.update:
        yield Change(Step.PACKAGES, "refresh", "the package lists")
    if work.install:
        names = ", ".join(work.install)
        yield Change(Step.PACKAGES, "install", names, details={"packages": work.install})
    if work.upgrade:
        known = ", ".join(work.upgradable) or "packages"
        note = "whatever the fresh lists bring" if work.update else ""
        details: dict[str, Detail] = {"packages": work.upgradable, "upgrade": work.upgrade}
        yield Change(Step.PACKAGES, "upgrade", known, note, details=details)


def swapfile(settings: HostSettings, snapshot: Snapshot) -> Iterator[Change]:
    """The swapfile, and the kernel's swappiness now."""
    work, declared = swap.work(settings, snapshot), settings.swap
    if declared is None or work.nothing:
        return
    if work.need.reasons:
        is_there = declared.path in snapshot.files
        action = {"no": "mend", "beside": "remake", "instead": "remake"}[work.need.make]
        if declared.size == 0:
            action = "remove"
        elif not is_there:
            action = "make"
        note = human_size(declared.size) if declared.size else ""
        details = {"size_bytes": declared.size}
        yield Change(
            Step.SWAPFILE, action, declared.path, note, why=work.need.reasons, details=details
        )
    if work.swappiness is not None:
        note = f"{snapshot.swap.swappiness} -> {work.swappiness}"
        values = {"from": snapshot.swap.swappiness, "to": work.swappiness}
        yield Change(Step.SWAPFILE, "set", "vm.swappiness", note, details=values)


def account(settings: HostSettings, snapshot: Snapshot) -> Iterator[Change]:
    """The user and its folders."""
    why = accounts.reasons(settings, snapshot)
    if why:
        action = "mend" if snapshot.account.exists else "make"
        yield Change(Step.ACCOUNT, action, f"user {layout.USER} and its folders", why=why)
