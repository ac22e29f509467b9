"""`localhost`, `permissions`, `swap`, `disk`, `memory`: good hosts, damaged ones, silent ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyinfra_ollama.settings import Swap, Verify
from pyinfra_ollama.verifier.answers import Disk, Localhost, Probe, Swappiness
from pyinfra_ollama.verifier.checks.host import disk, localhost, memory, permissions, swap

from .examples import GIB, GOOD, MIB, MODELS, path, settings, swapping

SILENT = Probe(problems={})


def resolving(milliseconds: int, *addresses: str, status: int = 0, file: bool = True) -> Probe:
    return replace(GOOD, localhost=Localhost(addresses, status, milliseconds, file))


@pytest.mark.parametrize(
    ("probe", "status"),
    [
        (GOOD, "pass"),
        (resolving(2, "127.0.0.1"), "pass"),
        (resolving(2, "::1"), "pass"),
        (resolving(10_000, "127.0.0.1"), "fail"),
        (resolving(5_000, status=124), "fail"),
        (resolving(2, status=2), "fail"),
        (resolving(2, "192.0.2.1"), "fail"),
        (resolving(2, "127.0.0.1", file=False), "warn"),
        (SILENT, "unknown"),
    ],
)
def test_localhost(probe: Probe, status: str) -> None:
    assert localhost(probe).status == status


@pytest.mark.parametrize(
    ("probe", "status", "found"),
    [
        (GOOD, "pass", "/usr/share/ollama 0700 ollama, "),
        (path(MODELS, mode=0o755), "fail", f"{MODELS} is a directory, 0755 of ollama"),
        (path(MODELS, user="root"), "fail", f"{MODELS} is a directory, 0750 of root"),
        (path(MODELS, kind="regular file"), "fail", f"{MODELS} is a regular file"),
        (path("/usr/share/ollama", mode=0o750), "fail", "/usr/share/ollama is a directory, 0750"),
        (replace(GOOD, paths={MODELS: None}), "fail", f"no /usr/share/ollama, no {MODELS}"),
        (SILENT, "unknown", "the host did not say"),
    ],
)
def test_permissions(probe: Probe, status: str, found: str) -> None:
    result = permissions(settings(), probe)
    assert result.status == status
    assert result.found.startswith(found)


@pytest.mark.parametrize(
    ("probe", "status", "found"),
    [
        (GOOD, "pass", "active; vm.swappiness 10, after a boot 10"),
        (replace(GOOD, swaps={}), "fail", "/swapfile is not active"),
        (replace(GOOD, swaps={"/dev/sda2": GIB}), "fail", "/swapfile is not active"),
        (replace(GOOD, swaps={"/swapfile": 512 * MIB}), "fail", "/swapfile is active with 512.0"),
        (replace(GOOD, fstab=()), "fail", "/swapfile is 0 times in /etc/fstab"),
        (replace(GOOD, fstab=("/swapfile x",) * 2), "fail", "/swapfile is 2 times in /etc/fstab"),
        (path("/swapfile", mode=0o644), "fail", "/swapfile is 0644 of root"),
        (path("/swapfile", user="ollama"), "fail", "/swapfile is 0600 of ollama"),
        (
            replace(GOOD, swappiness=Swappiness(60, True, "10")),
            "fail",
            "active; vm.swappiness 60, after a boot 10",
        ),
        (
            replace(GOOD, swappiness=Swappiness(10, True, None)),
            "fail",
            "active; vm.swappiness 10, after a boot not set",
        ),
        (
            replace(GOOD, swappiness=Swappiness(60, False, "10")),
            "warn",
            "active; vm.swappiness 60, after a boot 10; this host's kernel settings are read-only",
        ),
        (replace(GOOD, swappiness=None), "unknown", "vm.swappiness could not be read"),
        (SILENT, "unknown", "the host did not say"),
    ],
)
def test_swap_declared(probe: Probe, status: str, found: str) -> None:
    result = swap(swapping(), probe)
    assert result.status == status
    assert result.found.startswith(found)


def test_swap_not_declared_is_not_looked_at() -> None:
    assert swap(settings(), GOOD).status == "skipped"


def test_swap_removed() -> None:
    removed = settings(swap=Swap(size=0))
    gone = replace(GOOD, swaps={}, fstab=(), paths={**(GOOD.paths or {}), "/swapfile": None})
    assert swap(removed, gone).status == "pass"
    result = swap(removed, GOOD)
    assert result.status == "fail"
    assert "is active with" in result.found
    assert "in /etc/fstab" in result.found
    assert "is still there" in result.found


def test_disk_counts_the_fullest_file_system() -> None:
    wanted = settings(verify=Verify(min_free_disk="10G"))
    assert disk(wanted, GOOD).status == "pass"
    full = replace(GOOD, disks=(Disk("/", 50 * GIB, 99 * GIB), Disk("/srv", GIB, 99 * GIB)))
    result = disk(wanted, full)
    assert result.status == "fail"
    assert "1.0 GiB of 99.0 GiB free on /srv" in result.found
    assert result.details == {"free_bytes": GIB}
    assert disk(wanted, SILENT).status == "unknown"


def test_memory_is_what_is_available() -> None:
    assert memory(settings(verify=Verify(min_free_memory="6G")), GOOD).status == "pass"
    result = memory(settings(verify=Verify(min_free_memory="7G")), GOOD)
    assert (result.status, result.found) == ("fail", "6.0 GiB of 8.0 GiB available")
    assert memory(settings(), SILENT).status == "unknown"
