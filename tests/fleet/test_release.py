"""A release that is not what it should be is never installed, and what runs goes on running."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import archives
from tests.fleet.archives import NAME, publish, small
from tests.fleet.harness import OLDER, VERSION, Fleet, wait_until
from tests.fleet.mirror import FaultyMirror, Page, faulty_mirror
from tests.fleet.releasing import (
    BROKEN,
    HOST,
    ROOM_MIB,
    have_served,
    inventory,
    refused,
    refused_by_script,
    start_pyinfra,
    untouched,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(fleet: Fleet) -> Fleet:
    """A host with a running release."""
    return have_served(fleet)


@pytest.fixture
def faulty(fleet: Fleet) -> Iterator[FaultyMirror]:
    """A mirror whose downloads go wrong."""
    with faulty_mirror(fleet.lab.gateway) as mirror:
        yield mirror


def test_a_wrong_checksum_in_the_mirrors_list_is_refused(served: Fleet) -> None:
    wrong = "0" * 64
    found = publish(served.lab, BROKEN, small(BROKEN), {NAME: wrong})
    refused(served, inventory(served, BROKEN), found, f"expected {wrong}", "was not installed")


def test_a_wrong_pin_is_refused_though_the_mirrors_list_agrees(served: Fleet) -> None:
    found = publish(served.lab, BROKEN, small(BROKEN))
    path = inventory(served, BROKEN, release={"sha256": {NAME: "1" * 64}})
    refused(served, path, found, f"expected {'1' * 64}", "release.sha256")


def test_an_archive_that_is_not_there_is_refused_before_anything(served: Fleet) -> None:
    publish(served.lab, BROKEN, None)
    ran = refused(served, inventory(served, BROKEN), f"{BROKEN}/{NAME} does not exist")
    assert "left as it is" in ran.err


def test_a_download_that_is_cut_off_is_refused(served: Fleet, faulty: FaultyMirror) -> None:
    body = small(BROKEN, more=os.urandom(1 << 20))
    faulty.pages[f"/{BROKEN}/{NAME}"] = Page(body, sent=len(body) // 2)
    release = {"url": f"{faulty.url}/{{version}}/{{archive}}", "sha256": {NAME: "3" * 64}}
    path = inventory(served, BROKEN, release=release)
    refused(served, path, "could not be fetched", "curl: (18)", "MiB are free")
    assert faulty.asked.count(f"GET /{BROKEN}/{NAME}") > 1, "a cut download is tried again"


def test_a_download_that_stalls_is_given_up(served: Fleet, faulty: FaultyMirror) -> None:
    faulty.pages[f"/{NAME}"] = Page(b"0" * 4096, sent=100, stalls=True)
    refused_by_script(served, "curl: (28)", source=f"{faulty.url}/{NAME}|{'4' * 64}|")


def test_a_disk_that_fills_while_unpacking_is_cleared_again(served: Fleet) -> None:
    """Zeros shrink so well that the estimate from the archive's size is far too low."""
    publish(served.lab, BROKEN, small(BROKEN, zeros=bytes((ROOM_MIB + 10) << 20)))
    path = inventory(served, BROKEN)
    refused(served, path, "could not be unpacked into /opt/ollama", "0 MiB are free there")


def test_a_disk_that_is_too_small_is_refused_before_anything(served: Fleet) -> None:
    publish(served.lab, BROKEN, small(BROKEN))
    path = inventory(served, BROKEN, preflight={"free_margin": "1G"})
    refused(served, path, "left as it is", "free on /opt/ollama", "needed", "free space")


def test_a_killed_download_leaves_nothing_for_long(served: Fleet, faulty: FaultyMirror) -> None:
    """Cut from its controller the script ends itself; killed, the next run clears up after it."""
    body = small(BROKEN, more=os.urandom(1 << 20))
    faulty.pages[f"/{BROKEN}/{NAME}"] = Page(body, sent=1 << 19, stalls=True)
    release = {"url": f"{faulty.url}/{{version}}/{{archive}}", "sha256": {NAME: "3" * 64}}
    path = inventory(served, BROKEN, release=release)
    part = "ls /opt/ollama/releases/.staging-*/archive"

    with untouched(served):
        controller = start_pyinfra(path)
        wait_until("the download has begun", lambda: served.ssh(HOST, part).returncode == 0)
        controller.kill()
        controller.wait()
        wait_until("the script noticed", lambda: served.ssh(HOST, part).returncode != 0)

        controller = start_pyinfra(path)
        wait_until("the download has begun", lambda: served.ssh(HOST, part).returncode == 0)
        served.sh(HOST, "kill -KILL $(ps -o ppid= -C curl)")
        assert controller.wait(timeout=60) == 1
        served.sh(HOST, part)

        again = inventory(served, VERSION)
        assert served.apply(again).changed() == {HOST: ["Have no more releases than declared"]}
    assert served.plan(again).planned == {}


def test_gpu_libraries_are_left_out_and_can_be_brought(served: Fleet) -> None:
    """The lab's archive holds stand-ins for them, and its hosts have no GPU."""
    inside = archives.listed(served.lab, VERSION)
    folders = {name.split("/")[2] for name in inside if name.count("/") > 2}
    assert {"cuda_v12", "cuda_v13", "vulkan"} <= folders, inside
    library = f"/opt/ollama/releases/{VERSION}/lib/ollama"
    there = set(served.sh(HOST, f"ls {library}").splitlines())
    assert "llama-server" in there
    assert not folders & there

    path = inventory(served, VERSION, release={"gpu_libraries": "keep"})
    before = served.pid(HOST)
    assert served.apply(path).changed()[HOST][:2] == [
        "Have the release installed",
        "Have the declared release running",
    ]
    assert folders <= set(served.sh(HOST, f"ls {library}").splitlines())
    assert served.pid(HOST) != before
    program = f"/opt/ollama/releases/{VERSION}/bin/ollama"
    assert served.sh(HOST, f"readlink /proc/{served.pid(HOST)}/exe") == program
    assert served.plan(path).planned == {}


def test_an_archive_of_the_controller_needs_no_mirror(served: Fleet, tmp_path: Path) -> None:
    """Air gap: as root, then as a user with sudo; a damaged copy is refused."""
    nowhere = "http://127.0.0.1:9/{version}/{archive}"
    good = archives.releases(served.lab)

    def local(version: str, archive: Path, **more: Any) -> dict[str, Any]:
        release = {"url": nowhere, "archive": str(archive), **more}
        return {"version": version, "release": release}

    damaged = tmp_path / NAME
    damaged.write_bytes((good / OLDER / NAME).read_bytes() + b"!")
    (tmp_path / "sha256sum.txt").write_text((good / OLDER / "sha256sum.txt").read_text())
    expected = (tmp_path / "sha256sum.txt").read_text().split()[0]
    refused(served, inventory(served, **local(OLDER, damaged)), f"expected {expected}", "again")
    pinned = local(OLDER, good / OLDER / NAME, sha256={NAME: "5" * 64})
    refused(served, inventory(served, **pinned), f"expected {'5' * 64}", "release.sha256")

    for version, user, keep in ((OLDER, "root", 1), (VERSION, "deployer", 2)):
        path = inventory(served, user=user, **local(version, good / version / NAME, keep=keep))
        served.apply(path)
        assert served.version(HOST) == version
        left = "find /var/tmp /tmp -name '*pyinfra*'; ls -A /opt/ollama/releases"
        kept = {".lock", version} if keep == 1 else {".lock", OLDER, VERSION}
        assert set(served.sh(HOST, left).splitlines()) == kept
    assert served.plan(path).planned == {}
