"""The lock holds every package by version and hash, and no address."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.unit import repo

GROUPS = {"requirements-bench.lock": "bench", "requirements-clients.lock": "clients"}
LOCKS = ("requirements.lock", "requirements-dev.lock", *GROUPS)


def pins(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Name -> (version, hashes) as the lock file lists them."""
    entries: dict[str, tuple[str, list[str]]] = {}
    for block in re.split(r"(?m)^(?=[a-z0-9])", (repo.ROOT / lock).read_text())[1:]:
        head = re.match(r"([a-z0-9.-]+)==(\S+)", block)
        assert head, f"{lock}: not a pinned package: {block.splitlines()[0]}"
        entries[head[1]] = (head[2], re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block))
    return entries


def project() -> dict[str, object]:
    with (repo.ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def wanted(lock: str) -> set[str]:
    """The packages that pyproject.toml asks for, without their bounds."""
    if lock in GROUPS:
        requirements = project()["dependency-groups"][GROUPS[lock]]
    else:
        table = project()["project"]
        requirements = [*table["dependencies"], *project()["build-system"]["requires"]]
        if lock == "requirements-dev.lock":
            requirements += table["optional-dependencies"]["dev"]
    return {re.match(r"[a-z0-9-]+", line)[0] for line in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    without = [name for name, (_, hashes) in pins(lock).items() if not hashes]
    assert pins(lock)
    assert not without


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address_and_no_option(lock: str) -> None:
    lines = (repo.ROOT / lock).read_text().splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("-")]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_covers_what_the_project_asks_for(lock: str) -> None:
    assert not wanted(lock) - set(pins(lock))


def test_the_locks_of_use_and_of_development_agree() -> None:
    runtime, dev = (pins(lock) for lock in LOCKS[:2])
    assert not {name for name in runtime if runtime[name] != dev.get(name)}
