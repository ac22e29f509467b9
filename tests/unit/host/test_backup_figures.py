"""What `ollama-backup` writes for Prometheus, and what it remembers of its tasks."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from .machine import Machine

NAME = "pyinfra_ollama_backup_"


def figures(machine: Machine) -> dict[str, str]:
    """Samples by name and labels."""
    lines = machine.figures.read_text().splitlines()
    samples = [line.removeprefix(NAME).rsplit(" ", 1) for line in lines if line[0] != "#"]
    assert len({name for name, _ in samples}) == len(samples)
    for name, value in samples:
        assert re.fullmatch(r"\d+", value), name
        assert f"# TYPE {NAME}{name.partition('{')[0]} gauge" in lines
    return dict(samples)


def test_none_are_written_where_nobody_reads_them(machine: Machine) -> None:
    assert machine.run("run").returncode == 0
    assert not machine.figures.parent.exists()


def test_they_say_how_each_task_went(machine: Machine) -> None:
    machine.figures.parent.mkdir()
    assert machine.run("init").returncode == 0
    assert set(figures(machine)) == {"set_up_timestamp_seconds"}
    for task in ("run", "check", "rehearse"):
        assert machine.run(task).returncode == 0
    found = figures(machine)
    assert found["last_success_timestamp_seconds"] == machine.state("run")["good"]
    assert (found["last_run_failed"], found["integrity_ok"], found["rehearsal_ok"]) == (
        "0",
        "1",
        "1",
    )
    assert (found["kept_bytes"], found["added_bytes"]) == ("20", "10")
    assert found['task_finished_timestamp_seconds{task="check"}'] == machine.state("check")["good"]
    assert 'task_duration_seconds{task="rehearse"}' in found
    assert stat.S_IMODE(machine.figures.stat().st_mode) == 0o644
    assert [path.name for path in machine.figures.parent.iterdir()] == [machine.figures.name]


def test_a_failure_is_told_and_damage_only_when_it_was_seen(machine: Machine) -> None:
    machine.figures.parent.mkdir()
    machine.run("check")
    says = machine.repository.with_suffix(".says")
    says.write_text("Fatal: unable to open repository: connection refused\n")
    assert machine.run("check").returncode != 0
    assert figures(machine)["integrity_ok"] == "1", "it could not look"
    says.write_text("Fatal: repository contains errors\n")
    assert machine.run("check").returncode == 14
    assert figures(machine)["integrity_ok"] == "0"
    says.write_text("Fatal: unable to open repository: connection refused\n")
    machine.run("check")
    assert figures(machine)["integrity_ok"] == "0", "nobody saw that it was mended"
    machine.run("check")
    assert figures(machine)["integrity_ok"] == "1"
    says.write_text("Fatal: wrong password or no key found\n")
    assert machine.run("run").returncode == 12
    assert figures(machine)["last_run_failed"] == "1"
    assert "last_success_timestamp_seconds" not in figures(machine)


def test_a_snapshot_that_was_made_counts_although_the_clean_up_failed(machine: Machine) -> None:
    forgets = machine.repository.with_suffix(".unforgetting")
    forgets.write_text("")
    assert machine.run("run").returncode == 1
    state = machine.state("run")
    assert (state["result"], state["good"] != "") == ("failed", True)


def test_another_repository_begins_with_nothing_known(machine: Machine, tmp_path: Path) -> None:
    machine.run("run")
    (machine.root / "private/password").write_text("another\n")
    assert machine.run("init").returncode == 12, "the same repository, another password"
    assert (machine.root / "state/run").exists()
    (machine.root / "private/repository").write_text(f"{tmp_path / 'elsewhere'}\n")
    machine.declare(place=tmp_path / "elsewhere")
    assert machine.run("init").returncode == 0
    assert not (machine.root / "state/run").exists()


def test_files_that_could_not_be_read_have_the_snapshot_made_again(machine: Machine) -> None:
    unread = machine.repository.with_suffix(".unread")
    unread.touch()
    done = machine.run("run")
    assert done.returncode == 0, done.stderr
    assert "once more" in done.stdout
    always = machine.repository.with_suffix(".meanwhile")
    always.write_text(f"touch {unread}\n")
    assert machine.run("run").returncode == 1
    assert (
        "some files could not be read, in each of three tries: /a/blob"
        in (machine.state("run")["reason"])
    )


def test_a_state_is_replaced_whole_or_not_at_all(machine: Machine) -> None:
    machine.run("run")
    before = machine.state("run")
    # Every write to it says that the disk is full.
    (machine.root / "state/.run.new").symlink_to("/dev/full")
    assert machine.run("run").returncode == 0
    assert machine.state("run") == before


def test_none_are_written_into_a_folder_that_is_a_link(machine: Machine) -> None:
    elsewhere = machine.root / "elsewhere"
    elsewhere.mkdir()
    machine.figures.parent.symlink_to(elsewhere)
    assert machine.run("run").returncode == 0
    assert list(elsewhere.iterdir()) == []
