"""When a swapfile is made, remade, removed, refused or not possible."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra_ollama.decide import preflight
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.swap import HEADER_BYTES, barrier, growth, need, swappiness
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings, Swap
from pyinfra_ollama.snapshot import FileState, Snapshot
from tests.unit.decide.hosts import CONVERGED, GIB, declared, host, whole

PATH = "/swapfile"
LINE = f"{PATH} none swap sw 0 0"


def swap(size: str = "8G", **more: Any) -> Swap:
    return settings(size, **more).swap or Swap(size="0")


def settings(size: str = "8G", **more: Any) -> HostSettings:
    return declared(swap={"size": size, **more})


def file(size: int = 8 * GIB, mode: str = "600", user: str = "root") -> FileState:
    return FileState("regular file", mode, user, "root", size)


def swapping(size: int = 8 * GIB, free: int = 100 * GIB, **more: Any) -> Snapshot:
    """A host whose swapfile of that size is as it should be."""
    state = {"active": {PATH: size - 4096}, "fstab": (LINE,), "content": "swap", "swappiness": 10}
    disk = dict.fromkeys(CONVERGED.disk, ("/", free))
    return host(files={PATH: file(size)}, disk=disk, swap={**state, **more})


def test_as_declared() -> None:
    needed = need(swap(), swapping())
    assert (needed.reasons, needed.make) == ((), "no")


def test_on_pages_of_64_kib() -> None:
    found = swapping(active={PATH: 8 * GIB - HEADER_BYTES})
    assert not need(swap(), found).reasons


def test_from_nothing() -> None:
    needed = need(swap(), host())
    assert needed.make == "beside"
    assert needed.reasons == (
        "/swapfile does not exist",
        "/etc/fstab has 0 lines for /swapfile",
    )


@pytest.mark.parametrize("found", [4 * GIB, 16 * GIB])
def test_another_size(found: int) -> None:
    needed = need(swap(), swapping(found))
    assert needed.make == "beside"
    assert len(needed.reasons) == 1


def test_no_room_for_old_and_new() -> None:
    assert need(swap("16G"), swapping(8 * GIB, free=10 * GIB)).make == "instead"


def test_no_room_at_all() -> None:
    with pytest.raises(RefusedError, match=r"swap\.size is 16 GiB, but / has 15 GiB free"):
        need(swap("16G"), swapping(8 * GIB, free=7 * GIB))


def test_room_is_not_asked_when_nothing_is_made() -> None:
    assert not need(swap(), swapping(free=0)).reasons
    assert need(swap(), swapping(free=0, active={})).reasons == ("/swapfile is not active",)


def test_active_with_another_size_than_the_file() -> None:
    assert need(swap(), swapping(active={PATH: 4 * GIB})).make == "beside"


def test_mode_and_owner() -> None:
    found = swapping()
    opened = host(files={PATH: file(mode="644", user="joe")}, swap=vars(found.swap))
    needed = need(swap(), opened)
    assert (needed.reasons, needed.make) == (("/swapfile has mode 644 and owner joe",), "no")


@pytest.mark.parametrize("lines", [(), (LINE, LINE)])
def test_lines_in_fstab(lines: tuple[str, ...]) -> None:
    needed = need(swap(), swapping(fstab=lines))
    assert needed.reasons == (f"/etc/fstab has {len(lines)} lines for /swapfile",)
    assert needed.make == "no"


def test_other_swap_counts_for_nothing() -> None:
    other = {"active": {"/dev/sda2": GIB}, "fstab": ("/dev/sda2 none swap sw 0 0",)}
    assert need(swap(), host(swap=other)).make == "beside"
    assert not need(swap("0"), host(swap=other)).reasons


def test_half_made() -> None:
    assert need(swap(), swapping(half_made=True)).reasons == ("/swapfile.new was left half made",)
    assert need(swap("0"), host(swap={"half_made": True})).reasons


@pytest.mark.parametrize(
    "found",
    [swapping(), swapping(active={}), swapping(fstab=()), host(swap={"fstab": (LINE,)})],
)
def test_removed(found: Snapshot) -> None:
    assert need(swap("0"), found).reasons == ("/swapfile is to be removed",)


def test_gone() -> None:
    assert not need(swap("0"), host()).reasons


@pytest.mark.parametrize("size", ["8G", "0"])
@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("regular file", None, "not a swapfile"),
        ("regular file", "ext4", "not a swapfile"),
        ("regular empty file", None, "not a swapfile"),
        ("directory", None, "a directory"),
        ("symbolic link", "swap", "a symbolic link"),
    ],
)
def test_what_is_something_else_stays(
    size: str, kind: str, content: str | None, words: str
) -> None:
    found = host(
        files={PATH: FileState(kind, "600", "root", "root", 8 * GIB)}, swap={"content": content}
    )
    with pytest.raises(RefusedError, match=f"/swapfile is {words}, so it is left alone"):
        need(swap(size), found)


def test_hosts_that_cannot() -> None:
    container = host(swap={"forbidden": True, "filesystem": "ext2/ext3"})
    overlay = host(swap={"filesystem": "overlayfs"})
    assert "a container" in (barrier(swap(), container) or "")
    assert "overlayfs" in (barrier(swap(), overlay) or "")
    assert barrier(swap("0"), container) is None
    assert barrier(swap(), host(swap={"filesystem": "ext2/ext3"})) is None


def test_swap_of_another_machine_under_the_same_path() -> None:
    """A container sees all swap of its machine."""
    found = host(swap={"active": {PATH: 8 * GIB - 4096}, "forbidden": True})
    assert barrier(swap(), found)
    assert need(swap(), found).make == "beside"
    assert not need(swap("0"), found).reasons


def test_preflight_warns_of_hosts_that_cannot() -> None:
    [finding] = rows("8G", host(swap={"forbidden": True}))
    assert (finding.level, finding.remedy) == (
        "warning",
        "set swap = None for this host; until then it runs without",
    )


def test_preflight_refuses_what_is_refused_later() -> None:
    [finding] = rows("8G", host(files={PATH: file()}))
    assert finding.level == "failure"
    assert rows("8G", swapping()) == []


def rows(size: str, found: Snapshot) -> list[Finding]:
    rows = preflight.findings(whole(settings(size)), found, (), None)
    return [row for row in rows if row.check == "swap"]


def test_preflight_counts_the_disk_it_takes() -> None:
    rows = preflight.findings(whole(settings("80G")), swapping(8 * GIB, free=72 * GIB), (), None)
    [disk] = [row for row in rows if row.check == "disk"]
    assert (disk.level, disk.seen) == ("failure", "72 GiB free on /, 73 GiB needed")


def test_growth() -> None:
    assert growth(settings(), host()) == 8 * GIB
    assert growth(settings(), swapping(2 * GIB)) == 6 * GIB
    assert growth(settings(), swapping(16 * GIB)) == 0
    assert growth(settings(), host(swap={"forbidden": True})) == 0
    assert growth(declared(), host()) == 0


def test_swappiness() -> None:
    assert swappiness(settings(), host()) == 10
    assert swappiness(settings(), swapping()) is None
    assert swappiness(settings(), host(swap={"sysctl_writable": False})) is None
    assert swappiness(settings("0"), host()) is None
    assert swappiness(declared(), host()) is None
