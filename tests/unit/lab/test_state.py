"""The lab's record: written and read back, refused when damaged, and what follows from it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lab import state
from lab.errors import LabError, NotUpError, UsageError
from lab.model import USERS, Artefacts, LabState


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabState:
    monkeypatch.setenv("PYINFRA_OLLAMA_LAB_DIR", str(tmp_path))
    return LabState(
        name="mine",
        suite="trixie",
        subnet="10.77.9.0/27",
        bridge="ol-mine",
        sudo_password="secret",
        made=Artefacts("/c/base", "/c/infra", "/c/registry", "/c/releases", "/c/apt"),
        folder=tmp_path / "mine",
    )


def test_what_is_written_is_read_back(lab: LabState) -> None:
    grown = lab.next_hosts(2).next_hosts(1, "plain")
    state.write(grown)
    assert state.read("mine") == grown
    assert state.read("mine").folder == lab.folder
    assert state.all_names() == ["mine"]


def test_nobody_else_may_read_the_record(lab: LabState) -> None:
    state.write(lab)
    assert (lab.folder / "lab.json").stat().st_mode & 0o077 == 0
    assert lab.folder.stat().st_mode & 0o077 == 0


def test_hosts_are_numbered_on_and_addressed_from_11(lab: LabState) -> None:
    grown = lab.next_hosts(2).next_hosts(1, "plain")
    assert [(host.name, host.address, host.root) for host in grown.hosts] == [
        ("host1", "10.77.9.11", "overlay"),
        ("host2", "10.77.9.12", "overlay"),
        ("host3", "10.77.9.13", "plain"),
    ]
    assert lab.gateway == "10.77.9.1"
    assert lab.mirror_url == "http://10.77.9.2:8080"
    assert lab.registry == "10.77.9.2:5000"


def test_more_hosts_than_the_subnet_holds_are_refused(lab: LabState) -> None:
    full = lab.next_hosts(20)
    assert full.hosts[-1].address == "10.77.9.30"  # .31 is the broadcast address
    with pytest.raises(UsageError, match=r"10\.77\.9\.0/27 has no room for 21 hosts"):
        full.next_hosts(1)


def test_a_host_that_is_not_there_is_refused_with_those_that_are(lab: LabState) -> None:
    with pytest.raises(UsageError, match="no host 'web1'; it has infra, host1"):
        lab.next_hosts(1).host("web1")


def test_no_lab_says_how_to_start_one(lab: LabState) -> None:
    with pytest.raises(NotUpError, match="python -m lab up --hosts 3 --name mine"):
        state.read("mine")
    with pytest.raises(NotUpError, match=r"python -m lab up --hosts 3$"):
        state.read("default")


def test_a_lab_whose_machines_are_gone_is_not_alive(lab: LabState) -> None:
    state.write(lab.next_hosts(1))
    with pytest.raises(NotUpError, match="is not running any more; start it again"):
        state.read_alive("mine")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"hosts": [{"nome": "x"}], "made": null}'])
def test_a_damaged_record_is_refused_with_the_way_out(lab: LabState, text: str) -> None:
    state.write(lab)
    (lab.folder / "lab.json").write_text(text)
    with pytest.raises(LabError, match="`python -m lab down --name mine` removes that lab"):
        state.read("mine")


@pytest.mark.parametrize("name", ["", "Mine", "1lab", "a/b", "..", "a" * 13, "-x", "a b"])
def test_impossible_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="up to 12 of a-z"):
        state.folder(name)


def test_a_user_that_no_host_has_is_refused(lab: LabState) -> None:
    with pytest.raises(UsageError, match="root, deployer, asker"):
        lab.check_user("bob")
    for user in USERS:
        lab.check_user(user)


def test_the_folder_is_not_part_of_the_record(lab: LabState) -> None:
    state.write(lab)
    moved = lab.folder.parent / "other"
    lab.folder.rename(moved)
    assert state.read("other") == dataclasses.replace(lab, folder=moved)
