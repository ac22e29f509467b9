"""File systems behind folders that an ordinary user may not enter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ollama_tools import disks, measures
from ollama_tools.checks import Status, resources
from ollama_tools.disks import Disk

from .things import config, seen

MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 8:2 / /home/ollama/.ollama/models rw shared:1 - ext4 /dev/sdb1 rw
24 22 8:3 / /srv/big\\040disk rw - ext4 /dev/sdc1 rw
25 22 8:1 /x /bound rw - ext4 /dev/sda1 rw
"""


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user's view: homes and what is behind `private` are closed."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self/mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(disks, "PROC", tmp_path)
    monkeypatch.setattr(measures, "memory", lambda: {"MemTotal": 100, "MemAvailable": 50})

    def disk(path: str) -> Disk:
        if path.startswith("/home/") or "private" in path:
            raise PermissionError(13, "Permission denied")
        return replace(Disk("", 100, 30, 0), path=path)

    monkeypatch.setattr(disks, "_disk", disk)


def told(*paths: str) -> dict[str, tuple[Status, str]]:
    found = resources(config(disks=paths), [seen()], sample=False)
    return {one.name: (one.status, one.text) for one in found if one.name.startswith("disk")}


@pytest.mark.usefixtures("closed")
def test_a_file_system_that_cannot_be_looked_at_is_told_of() -> None:
    path = "/home/ollama/.ollama/models"
    assert told(path, "/") == {
        "disk /": (Status.OK, "/: 70 % in use, 30 B free"),
        f"disk {path}": (Status.UNKNOWN, f"{path}: only root can tell how full it is"),
    }


@pytest.mark.usefixtures("closed")
def test_one_whose_mount_can_be_looked_at_is_told() -> None:
    assert told("/srv/big disk/private/models", "/") == {
        "disk /": (Status.OK, "/: 70 % in use, 30 B free"),
        "disk /srv/big disk": (Status.OK, "/srv/big disk: 70 % in use, 30 B free"),
    }


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "path", ["/home/ollama/else", "/home/ollama/.ollama/models2", "/bound/private"]
)
def test_one_that_is_told_already_is_told_once(path: str) -> None:
    assert set(told(path, "/")) == {"disk /"}


@pytest.mark.usefixtures("closed")
def test_of_two_folders_on_a_closed_one_the_first_is_told() -> None:
    path = "/home/ollama/.ollama/models"
    assert set(told(path, f"{path}/blobs", "/")) == {"disk /", f"disk {path}"}
