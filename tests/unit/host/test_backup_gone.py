"""Models that are gone, or cannot be read, are no models that somebody removed."""

from __future__ import annotations

import shutil

from .machine import LIBRARY, Machine


def test_a_new_server_without_a_model_has_a_good_backup(machine: Machine) -> None:
    shutil.rmtree(machine.models)
    machine.models.mkdir()
    assert machine.run("run").returncode == 0
    assert machine.run("run").returncode == 0


def test_without_the_folder_of_the_models_nothing_is_kept(machine: Machine) -> None:
    shutil.rmtree(machine.models)
    done = machine.run("run")
    assert done.returncode == 1
    assert f"{machine.models} is not there: is its disk mounted?" in machine.state("run")["reason"]
    machine.declare(models="list")
    assert machine.run("run").returncode == 0


def test_models_that_vanished_all_at_once_are_missed(machine: Machine) -> None:
    assert machine.run("run").returncode == 0
    machine.models.rename(machine.root / "disk")
    (machine.models / "blobs").mkdir(parents=True)
    for _ in range(2):
        done = machine.run("run")
        assert done.returncode == 1
        assert "has no models, the last backup knew 2: is its disk mounted?" in done.stderr
    assert len(list(machine.repository.glob("*.tar"))) == 1
    (machine.root / "state/kept/digests").unlink()
    assert machine.run("run").returncode == 0, "they were removed on purpose"


def test_models_that_were_removed_one_by_one_are_not_missed(machine: Machine) -> None:
    assert machine.run("run").returncode == 0
    for name in ("mine", "pulled"):
        shutil.rmtree(machine.models / LIBRARY / name)
    assert machine.run("run").returncode == 0


def test_models_that_were_all_removed_are_not_missed(machine: Machine) -> None:
    """The server takes the empty folder of manifests away with the last one."""
    assert machine.run("run").returncode == 0
    shutil.rmtree(machine.models / "manifests")
    assert machine.run("run").returncode == 0


def test_a_manifest_that_cannot_be_read_is_left_out_and_named(machine: Machine) -> None:
    machine.model("rotten").write_text("rotten")
    sums = (
        'text=$(cat "$@"); [ "$text" != rotten ] || exit 1; printf %s "$text" | /usr/bin/sha256sum'
    )
    done = machine.run("run", path=machine.program("sha256sum", sums))
    assert done.returncode == 0, done.stderr
    assert machine.state("run")["left_out"] == "registry.ollama.ai/library/rotten/latest"


def test_a_list_of_models_that_was_cut_is_not_taken_for_whole(machine: Machine) -> None:
    find = 'real=$(PATH=/usr/bin:/bin command -v find); "$real" "$@"; [ "$1" != manifests ]'
    done = machine.run("run", path=machine.program("find", find))
    assert done.returncode == 1
    assert f"below {machine.models}/manifests cannot be listed" in done.stderr
