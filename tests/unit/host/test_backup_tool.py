"""`ollama-backup` as hosts have it, in a folder of its own and with a stand-in for restic.

Its words for a repository that fails are restic 0.14.0's; the fleet tests have the real one.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from .machine import LIBRARY, Machine


def test_what_was_kept_comes_back_on_a_host_that_lost_all(machine: Machine) -> None:
    assert machine.run("run").returncode == 0
    state = machine.state("run")
    assert (state["result"], state["kept_bytes"], state["left_out"]) == ("good", "20", "")
    assert machine.run("rehearse").returncode == 0
    mine = machine.models / LIBRARY / "mine/latest"
    before = mine.read_text()
    subprocess.run(["rm", "-rf", machine.models, machine.root / "etc"], check=True)
    done = machine.run("restore")
    assert done.returncode == 0, done.stderr
    assert mine.read_text() == before
    assert (machine.root / "etc/key").read_text() == "identity\n"
    blobs = {path.name for path in (machine.models / "blobs").iterdir()}
    assert len(blobs) == 2
    # What a registry brings again was not kept, but for the blobs that are of both.
    assert not (machine.models / LIBRARY / "pulled").exists()
    assert machine.state("restore")["models"] == "1"


@pytest.mark.parametrize("models", ["list", "custom", "all"])
def test_what_is_kept_of_models_is_a_choice_but_their_digests_always_are(
    machine: Machine, models: str
) -> None:
    settings = machine.root / "settings"
    settings.write_text(f"{settings.read_text()}models={models}\n")
    assert machine.run("run").returncode == 0
    kept = machine.root / "state/kept"
    names = {
        "list": set(),
        "custom": {f"{LIBRARY}/mine/latest"},
        "all": {f"{LIBRARY}/mine/latest", f"{LIBRARY}/pulled/latest"},
    }
    marks = dict(line.split()[::-1] for line in (kept / "manifests").read_text().splitlines())
    digests = dict(line.split()[::-1] for line in (kept / "digests").read_text().splitlines())
    assert set(marks) == names[models]
    assert set(digests) == names["all"]
    for name, digest in digests.items():
        assert hashlib.sha256((machine.models / name).read_bytes()).hexdigest() == digest
    assert machine.run("rehearse").returncode == 0


def test_a_model_that_lacks_a_blob_is_left_out_and_named(machine: Machine) -> None:
    machine.model("broken", f"sha256:{'0' * 64}")
    done = machine.run("run")
    assert done.returncode == 0
    assert machine.state("run")["left_out"] == "registry.ollama.ai/library/broken/latest"


def test_a_model_that_changes_meanwhile_has_the_snapshot_made_again(machine: Machine) -> None:
    meanwhile = machine.repository.with_suffix(".meanwhile")
    new = machine.blob("newer weights")
    path = machine.model("mine", new)
    path.write_text(f'{{"digest":"{new}"}}')
    meanwhile.write_text(f"echo >>{path}; rm {meanwhile}\n")
    done = machine.run("run")
    assert done.returncode == 0, done.stderr
    assert "models changed meanwhile: once more" in done.stdout
    assert machine.state("run")["snapshot"] == "00000001"
    meanwhile.write_text(f"echo >>{path}\n")
    done = machine.run("run")
    assert done.returncode == 1
    assert "models changed during each of three tries" in machine.state("run")["reason"]
    assert [one.name for one in machine.repository.glob("*.tar")] == ["00000001.tar"]


def test_a_blob_that_is_not_what_its_name_says_is_noticed(machine: Machine) -> None:
    blob = next((machine.models / "blobs").iterdir())
    blob.write_text("rotten")
    assert machine.run("run").returncode == 0
    done = machine.run("rehearse")
    assert done.returncode == 14
    assert blob.name in machine.state("rehearse")["reason"]
    assert machine.run("restore").returncode == 14


def test_what_is_there_and_whole_is_not_brought_again(machine: Machine) -> None:
    machine.run("run")
    whole, rotten = sorted((machine.models / "blobs").iterdir())
    rotten.write_text("rotten")
    size = whole.stat().st_size
    done = machine.run("restore")
    assert done.returncode == 0, done.stderr
    assert machine.state("restore")["brought_bytes"] == str(1000 - size)
    for blob in (whole, rotten):
        assert f"sha256-{hashlib.sha256(blob.read_bytes()).hexdigest()}" == blob.name
    assert {path.name for path in machine.models.iterdir()} == {"blobs", "manifests"}


def test_models_that_were_elsewhere_come_to_where_they_are_declared(machine: Machine) -> None:
    machine.run("run")
    settings = machine.root / "settings"
    elsewhere = machine.root / "elsewhere/models"
    settings.write_text(f"{settings.read_text()}models_folder={elsewhere}\n")
    assert machine.run("restore").returncode == 0
    assert (elsewhere / LIBRARY / "mine/latest").exists()
    assert machine.run("rehearse").returncode == 0


def test_what_a_killed_restore_left_makes_room_first(machine: Machine) -> None:
    machine.run("run")
    left = machine.models / ".ollama-backup-abcdef"
    left.mkdir()
    df = machine.root / "bin/df"
    df.parent.mkdir()
    df.write_text(f"#!/bin/sh\n[ ! -e {left} ] && free=9 || free=0\necho head; echo / 9 9 $free\n")
    df.chmod(0o755)
    done = machine.run("restore", path=df.parent)
    assert done.returncode == 0, done.stderr


def test_a_snapshot_of_a_newer_ollama_is_refused_unless_forced(machine: Machine) -> None:
    machine.run("run")
    done = machine.run("restore", "--version", "0.32.15")
    assert done.returncode == 1
    assert "is of Ollama 0.33.0, newer than 0.32.15 here" in done.stderr
    assert machine.run("restore", "--version", "0.32.15", "--force").returncode == 0
    assert machine.run("restore", "--version", "0.33.1").returncode == 0


def test_a_target_is_all_that_is_written(machine: Machine, tmp_path: Path) -> None:
    machine.run("run")
    (machine.root / "etc/key").write_text("another\n")
    assert machine.run("restore", "--target", str(tmp_path / "apart")).returncode == 0
    assert (machine.root / "etc/key").read_text() == "another\n"
    assert (tmp_path / f"apart{machine.root}/etc/key").read_text() == "identity\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("run", "more"),
        ("run", "--target", "/x"),
        ("restore", "not-hex"),
        ("restore", "--target", "relative"),
        ("restore", "--from"),
        ("--no-such",),
    ],
)
def test_misuse(machine: Machine, arguments: tuple[str, ...]) -> None:
    done = machine.run(*arguments)
    assert done.returncode == 64
    assert "see ollama-backup --help" in done.stderr


def test_nothing_is_left_in_its_folder_and_the_password_is_nowhere(machine: Machine) -> None:
    machine.run("run")
    machine.run("rehearse")
    names = {path.name for path in (machine.root / "state").iterdir()}
    assert names == {"run", "rehearse", "kept", "repository", ".lock"}
    kept = [path for path in (machine.root / "state").rglob("*") if path.is_file()]
    assert not [path for path in kept if "canary" in path.read_text()]
