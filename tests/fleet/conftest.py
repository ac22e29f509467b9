"""One lab for the whole run: host1 and host2 with overlay roots, host3 with a root that swaps."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import api
from lab.errors import LabError
from tests.fleet import filtering, gatewaying
from tests.fleet.gatewaying import Door
from tests.fleet.harness import HOSTS, Fleet

# Labs of two test runs on one machine live side by side. FLEET_LAB names one that is used again
# and stays up, for those who write tests.
KEPT = os.environ.get("FLEET_LAB")
LAB = KEPT or f"t{os.getpid()}"


def _lab(name: str, folder: Path, **options: object) -> Iterator[Fleet]:
    try:
        lab = api.up(name=name, **options)  # type: ignore[arg-type]
    except LabError as error:
        pytest.fail(f"the lab cannot be had: {error}", pytrace=False)
    try:
        yield Fleet(lab, folder)
    finally:
        if not KEPT:
            api.down(name)


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Three Debian 12 hosts. Tests reset what they need bare and leave hosts as they like."""
    yield from _lab(LAB, tmp_path_factory.mktemp("fleet"), hosts=3, plain_root=1)


@pytest.fixture(scope="session")
def trixie(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One Debian 13 host."""
    folder = tmp_path_factory.mktemp("trixie")
    yield from _lab(f"{LAB}x", folder, hosts=1, suite="trixie")


@pytest.fixture(scope="module")
def usual(fleet: Fleet) -> Path:
    """The declaration that all three hosts are converged to when a module's tests begin."""
    fleet.reset(*HOSTS)
    inventory = fleet.inventory(*HOSTS)
    fleet.apply(inventory)
    return inventory


@pytest.fixture
def back(fleet: Fleet, usual: Path) -> Iterator[None]:
    """Leave the hosts as the next test expects them, whatever happened in this one."""
    yield
    fleet.apply(usual)


@pytest.fixture(scope="module")
def unfiltered(fleet: Fleet) -> Iterator[None]:
    """A host with everything deployed but a firewall; ufw is there, as a person left it."""
    filtering.deployed(fleet, filtering.HOST)
    yield
    fleet.sh(filtering.HOST, "ufw --force disable")


@pytest.fixture
def open_host(fleet: Fleet) -> None:
    """A test begins with ufw as it is installed, and off."""
    filtering.off(fleet, filtering.HOST)
    assert fleet.ssh(filtering.HOST, f"test -e {filtering.FOLDER}").returncode


@pytest.fixture(scope="module")
def door(fleet: Fleet) -> Door:
    """The gateway of a host, with everything that can be declared at once."""
    return gatewaying.have(fleet, gatewaying.full(fleet))


def pytest_collection_finish() -> None:
    """Refuse what would end the test processes in the middle: gevent's patch of threads."""
    if "pyinfra_ollama.engine" in sys.modules:
        raise pytest.UsageError("a fleet test imports pyinfra_ollama.engine, by whatever way")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: begun last, one would keep its process busy alone."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
