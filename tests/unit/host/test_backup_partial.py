"""Snapshots that lack something, because models changed meanwhile and nobody may remove them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .machine import LIBRARY, Machine


def partial(machine: Machine) -> str:
    """Keep a second snapshot, that lacks what only one model has."""
    assert machine.run("run").returncode == 0
    shutil.copy(machine.repository / "00000001.json", machine.repository / "00000002.json")
    snapshot = shutil.copy(machine.repository / "00000001.tar", machine.repository / "00000002.tar")
    blob = machine.blob("parameters").replace("sha256:", "sha256-")
    subprocess.run(
        ["tar", "-P", "--delete", "-f", snapshot, machine.models / "blobs" / blob], check=True
    )
    return "00000002"


def test_the_newest_whole_one_is_rehearsed(machine: Machine) -> None:
    lacking = partial(machine)
    done = machine.run("rehearse")
    assert done.returncode == 0, done.stderr
    assert (
        f"snapshot {lacking} lacks blobs, of: registry.ollama.ai/library/mine/latest" in done.stdout
    )
    assert machine.state("rehearse")["snapshot"] == "00000001"


@pytest.mark.parametrize("words", [(), ("latest",)])
def test_the_newest_whole_one_is_put_back(machine: Machine, words: tuple[str, ...]) -> None:
    partial(machine)
    shutil.rmtree(machine.models)
    done = machine.run("restore", *words)
    assert done.returncode == 0, done.stderr
    assert machine.state("restore")["snapshot"] == "00000001"
    assert (machine.models / LIBRARY / "mine/latest").exists()
    assert {path.name for path in machine.models.iterdir()} == {"blobs", "manifests"}


def test_one_that_is_named_is_no_other(machine: Machine) -> None:
    lacking = partial(machine)
    shutil.rmtree(machine.models)
    done = machine.run("restore", lacking)
    assert done.returncode == 1
    assert f"snapshot {lacking} lacks blobs, of:" in done.stderr
    assert not list(machine.models.iterdir())


def test_none_that_is_whole_is_no_damage(machine: Machine) -> None:
    partial(machine)
    for end in ("json", "tar"):
        (machine.repository / f"00000001.{end}").unlink()
    assert machine.run("rehearse").returncode == 1
    assert machine.state("rehearse")["sound"] != "no"


def test_manifests_that_changed_meanwhile_are_not_what_was_kept(machine: Machine) -> None:
    assert machine.run("run").returncode == 0
    machine.declare(retention="")
    path = machine.models / LIBRARY / "mine/latest"
    machine.repository.with_suffix(".meanwhile").write_text(f"echo >>{path}\n")
    assert machine.run("run").returncode == 1
    for task in ("rehearse", "restore"):
        done = machine.run(task)
        assert done.returncode == 0, done.stderr
        assert machine.state(task)["snapshot"] == "00000001"
