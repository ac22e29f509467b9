"""The service user, its folders, and what of others is left alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from pyinfra_ollama.decide import preflight
from pyinfra_ollama.decide.account import folders, obstacles, reasons
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import FileState, Snapshot
from tests.unit.decide.hosts import GIB, MODELS, declared, host, whole

DATA = "/data/models"


def elsewhere() -> HostSettings:
    return declared(ollama={"models_dir": DATA})


def with_folder(kind: str = "directory", user: str = "root", **account: Any) -> Snapshot:
    state = FileState(kind, "755", user, user, 4096)
    return host(files={DATA: state}, account={"models_dir": DATA, **account})


def test_as_declared() -> None:
    assert reasons(declared(), host()) == ()


def test_parents_come_first() -> None:
    paths = [folder.path for folder in folders(declared())]
    assert all(
        paths.index(p) < paths.index(q) for p in paths for q in paths if q.startswith(p) and p != q
    )


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (host(account={"exists": False, "home": None}), "user ollama does not exist"),
        (host(account={"groups": frozenset(("users",))}), "ollama is not in group ollama"),
        (
            host(gpu={"vendor": "nvidia", "driver": True}, account={"gpu_groups": {"video"}}),
            "ollama is not in group video",
        ),
        (
            host(files={MODELS: FileState("directory", "755", "ollama", "ollama", 1)}),
            f"{MODELS} belongs to ollama and has mode 755",
        ),
        (
            host(files={"/opt/ollama": FileState("directory", "755", "joe", "root", 1)}),
            "/opt/ollama belongs to joe and has mode 755",
        ),
        (
            host(account={"foreign_file": f"{MODELS}/blobs/x"}),
            f"{MODELS}/blobs/x does not belong to ollama",
        ),
    ],
)
def test_what_is_repaired(found: Snapshot, reason: str) -> None:
    assert reasons(declared(), found) == (reason,)


def test_groups_of_a_gpu_that_is_not_there() -> None:
    assert reasons(declared(), host(account={"gpu_groups": frozenset(("video",))})) == ()


def test_a_models_folder_that_is_not_there_yet() -> None:
    found = host(account={"models_dir": DATA})
    assert reasons(elsewhere(), found) == (f"{DATA} does not exist",)


@pytest.mark.parametrize(
    ("found", "seen", "remedy"),
    [
        (host(account={"models_dir": DATA, "home": "/home/o"}), "the home /home/o", "usermod -m"),
        (with_folder("regular file"), f"{DATA} is a regular file", "move it away"),
        (with_folder("symbolic link", models_dir="/mnt"), "leads to /mnt", "models_dir='/mnt'"),
        (with_folder(models_dir="/mnt/models"), "leads to /mnt/models", "models_dir='/mnt/models'"),
        (with_folder(stranger=f"{DATA}/taxes"), f"root and holds {DATA}/taxes", "models alone"),
    ],
)
def test_what_is_left_alone(found: Snapshot, seen: str, remedy: str) -> None:
    [(said, advice)] = obstacles(elsewhere(), found)
    assert seen in said
    assert remedy in advice
    with pytest.raises(RefusedError, match=re.escape(f"{said}: {advice}")):
        reasons(elsewhere(), found)
    on_disk = replace(found, disk={**found.disk, DATA: ("/", 100 * GIB)})
    rows = preflight.findings(whole(elsewhere()), on_disk, (), None)
    assert [(row.level, row.seen) for row in rows if row.check == "account"] == [("failure", said)]


def test_its_own_models_folder_may_hold_anything() -> None:
    """So a later Ollama may keep more there than this one."""
    found = with_folder(user="ollama", stranger=f"{DATA}/cache")
    assert not list(obstacles(elsewhere(), found))
    assert not list(obstacles(elsewhere(), with_folder()))
    at_home = host(
        files={MODELS: FileState("directory", "700", "root", "root", 1)},
        account={"stranger": f"{MODELS}/stray"},
    )
    assert reasons(declared(), at_home)
