"""Asking before a run gives the answer that each operation gives when its turn comes.

Each case is a host before the run; what the operations before the one in question do to it
is named in the test.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyinfra_ollama.decide import account, archive, packages, release, service, swap, verified
from pyinfra_ollama.decide.unit import unit_files
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import ReleaseState, Snapshot

from .hosts import NOW, declared, whole
from .served import LINKS, NOTES, TEMPLATES, served

UNIT = "/etc/systemd/system/ollama.service"
SETTINGS = declared()


def need(snapshot: Snapshot, settings: HostSettings = SETTINGS) -> service.Need:
    return service.need(settings, snapshot, unit_files(settings, snapshot, TEMPLATES))


def due(snapshot: Snapshot, settings: HostSettings = SETTINGS) -> bool:
    return verified.due(whole(settings), snapshot, TEMPLATES)


def test_a_host_that_serves_as_declared_needs_nothing() -> None:
    snapshot = served(SETTINGS)
    assert need(snapshot) == service.Need((), restart=False, adopt=False, running=True)
    assert release.surplus(SETTINGS, snapshot) == ()
    assert account.reasons(SETTINGS, snapshot) == ()
    assert not due(snapshot)


def test_a_release_that_is_installed_anew_takes_the_running_file_away() -> None:
    kept = declared(release={"gpu_libraries": "keep"})
    found = need(served(kept), kept)
    assert found.reasons == ("the release 0.33.0 is installed anew",)
    assert found.restart
    assert due(served(kept), kept)


def test_a_unit_that_is_about_to_be_written_is_read_then() -> None:
    unread = {"needs_reload": True}
    assert need(served(SETTINGS, unit=unread)).reasons == (
        "systemd has not read the unit as it is on disk",
    )
    files = dict(served(SETTINGS).files)
    files[UNIT] = replace(files[UNIT], sha256="0" * 64)
    assert need(served(SETTINGS, unit=unread, files=files)).reasons == ()


def test_a_missing_link_to_the_release_is_a_restart() -> None:
    found = need(served(SETTINGS, links={**LINKS, "/opt/ollama/current": "releases/0.32.15"}))
    assert found.reasons == ("/opt/ollama/current does not point to 0.33.0",)
    assert found.restart


def test_without_curl_nothing_is_known_of_the_api() -> None:
    silent = {"version": None}
    assert need(served(SETTINGS, api=silent)).reasons == (
        "nothing answers at http://127.0.0.1:11434",
    )
    assert need(served(SETTINGS, api=silent, tools=frozenset({"ss"}))).reasons == ()


def test_a_service_that_does_not_run_is_started() -> None:
    found = need(served(SETTINGS, unit={"active": "inactive", "pid": None}))
    assert (found.restart, found.running) == (True, False)
    assert found.reasons == ("the service is inactive",)


RELEASES = {name: ReleaseState(age, NOTES) for age, name in enumerate(("0.30.0", "0.31.0"))}
HALF = {".staging-abc": ReleaseState(1), ".upload-1.tar.zst": ReleaseState(1)}


@pytest.mark.parametrize(
    ("version", "keep", "there", "goes"),
    [
        ("0.33.0", 2, RELEASES, ("0.30.0",)),
        ("0.33.0", 3, RELEASES, ()),
        ("0.33.0", 1, RELEASES, ("0.31.0", "0.30.0")),
        # 0.33.0 runs and is what 0.34.0 would go back to.
        ("0.34.0", 2, RELEASES, ("0.31.0", "0.30.0")),
        ("0.34.0", 1, {}, ("0.33.0",)),
        ("0.33.0", 2, HALF, tuple(HALF)),
        # The installation clears away what another one left.
        ("0.34.0", 2, HALF, ()),
    ],
)
def test_releases_to_clear_away(
    version: str, keep: int, there: dict[str, ReleaseState], goes: tuple[str, ...]
) -> None:
    settings = declared(ollama={"version": version}, release={"keep": keep})
    releases = {"0.33.0": ReleaseState(100, NOTES), **there}
    snapshot = served(declared(), releases=releases)
    assert release.surplus(settings, snapshot) == goes


def test_an_installation_that_is_taken_over_becomes_a_release() -> None:
    official = {"official_library": True}
    one = declared(release={"keep": 1, "adopt": True})
    assert release.surplus(one, served(one, unit=official)) == ("official",)
    two = declared(release={"keep": 2, "adopt": True})
    assert release.surplus(two, served(two, unit=official)) == ()


def test_the_state_folder_comes_with_the_package_lists() -> None:
    snapshot = served(SETTINGS)
    files = {path: state for path, state in snapshot.files.items() if "lib/pyinfra" not in path}
    missing = replace(snapshot, files=files)
    assert account.reasons(SETTINGS, missing) == ("/var/lib/pyinfra-ollama does not exist",)
    old = replace(missing, packages=replace(missing.packages, lists_updated=NOW - 10**6))
    upgraded = declared(packages={"tools": [], "upgrade": "safe"})
    assert packages.work(upgraded, old).update
    assert account.reasons(upgraded, old) == ()


def test_a_local_archive_is_judged_before_the_first_change(tmp_path: Path) -> None:
    path = tmp_path / "ollama-linux-amd64.tar.zst"
    path.write_bytes(b"not what was published")
    settings = declared(release={"archive": str(path), "sha256": {path.name: "0" * 64}})
    (finding,) = archive.findings(settings, bare())
    assert finding.level == "failure"
    assert "expected 0000" in finding.seen
    good = declared(release={"archive": str(path)})
    assert list(archive.findings(good, bare())) == []


def bare() -> Snapshot:
    """Without any release."""
    return replace(served(SETTINGS), releases={}, links={})


def test_swap_work_is_nothing_where_swap_cannot_be() -> None:
    wanted = declared(swap={"size": "64M"})
    snapshot = served(wanted, swap={"forbidden": True})
    work = swap.work(wanted, snapshot)
    assert work.nothing
    assert work.barrier == "the kernel does not let this host swap (a container)"
    assert swap.work(declared(), snapshot).nothing
