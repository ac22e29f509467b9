"""What the tools tell of a host's backup."""

from __future__ import annotations

from pathlib import Path

from ollama_tools.backups import backups
from ollama_tools.checks import Status


def test_a_host_without_a_backup_is_not_told_of_one(tmp_path: Path) -> None:
    assert list(backups(tmp_path)) == []


def test_the_last_runs(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("finished=7200\nresult=good\ngood=7200\nreason=\n")
    (tmp_path / "check").write_text("result=failed\nreason=pack 12 is damaged\ngood=3600\n")
    (tmp_path / "rehearse").write_text("result=failed\nreason=\ngood=\n")
    found = {check.name: check for check in backups(tmp_path, now=10800.0)}
    assert found["backup"].status == Status.OK
    assert (found["backup"].text, found["backup"].figures) == (
        "good 1.0 hours ago",
        {"age_seconds": 3600},
    )
    assert found["backup-check"].status == Status.CRITICAL
    assert found["backup-check"].text == "backup-check: pack 12 is damaged; good 2.0 hours ago"
    assert found["backup-rehearsal"].text == "backup-rehearsal: it failed; good never"


def test_a_damaged_note_is_no_good_run(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("nonsense")
    assert [check.status for check in backups(tmp_path)] == [Status.CRITICAL]
