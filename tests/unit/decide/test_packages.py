"""What apt has to do, and when it has nothing to do."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.decide.packages import AptWork, work
from pyinfra_ollama.snapshot import Snapshot
from tests.unit.decide.hosts import NOW, declared, host

DAY = 86400


def todo(found: Snapshot, *tools: str, **packages: Any) -> AptWork:
    return work(declared(packages={"tools": tools, **packages}), found)


def found(age: int | None = 60, **packages: Any) -> Snapshot:
    updated = None if age is None else NOW - age
    return host(packages={"lists_updated": updated, **packages})


def test_converged() -> None:
    assert todo(host()).nothing


@pytest.mark.parametrize("age", [None, 30 * DAY])
def test_a_converged_host_without_upgrades_never_fetches_lists(age: int | None) -> None:
    assert todo(found(age, upgradable=("bash",))).nothing


def test_what_is_missing_is_installed() -> None:
    assert todo(host(), "htop") == AptWork(("htop",), "", update=False)
    installed = {"installed": {"curl": "8"}}
    assert todo(host(packages=installed)).install == (
        "ca-certificates",
        "iproute2",
        "procps",
        "zstd",
    )


def test_another_architecture_is_another_package() -> None:
    names = dict(host().packages.installed) | {"libc6": "2", "libc6:i386": "2"}
    both = found(installed=names)
    assert todo(both, "libc6:i386").nothing
    assert todo(both, "libc6:arm64").install == ("libc6:arm64",)


@pytest.mark.parametrize(
    ("age", "update"),
    [(None, True), (DAY + 1, True), (DAY, False), (0, False), (-3600, True)],
    ids=["never", "old", "just so", "now", "the clock was set back"],
)
def test_lists_are_fetched_when_they_are_old(age: int | None, update: bool) -> None:
    assert todo(found(age), "htop").update is update
    assert todo(found(age), upgrade="safe").update is update


@pytest.mark.parametrize("upgrade", ["safe", "full"])
def test_upgrades(upgrade: str) -> None:
    assert todo(found(), upgrade=upgrade).nothing
    assert todo(found(upgradable=("bash",)), upgrade=upgrade) == AptWork(
        (), upgrade, False, ("bash",)
    )
    # Nobody knows what is upgradable until the lists are fetched.
    assert todo(found(None), upgrade=upgrade) == AptWork((), upgrade, update=True)


def test_what_is_held_is_no_reason_to_upgrade() -> None:
    held = found(upgradable=("zstd",), held=frozenset(("zstd",)))
    assert todo(held, upgrade="full").nothing


def test_cache_seconds() -> None:
    assert not todo(found(7200), "htop", cache_seconds=7200).update
    assert todo(found(7201), "htop", cache_seconds=7200).update
