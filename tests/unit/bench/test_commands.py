"""The stopwatch: what it returns, what it ends, what it hides from what is measured."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bench.commands import BenchError, run


def test_a_command_is_timed_and_heard(tmp_path: Path) -> None:
    ran = run(["sh", "-c", "pwd; echo oops >&2; exit 3"], folder=tmp_path, timeout_seconds=30)
    assert (ran.code, ran.out.strip(), ran.err) == (3, str(tmp_path), "oops\n")
    assert ran.seconds > 0


def test_one_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    script = "sleep 300 & echo $! >child; echo started; wait"
    with pytest.raises(BenchError, match=r"(?s)took more than 2 s.*started"):
        run(["sh", "-c", script], folder=tmp_path, timeout_seconds=2)
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if is_gone(child):
            return
        time.sleep(0.1)  # the kernel may take a moment on a busy machine
    pytest.fail("the command's own child outlived it")


def is_gone(pid: int) -> bool:
    """Whether a process is dead; its new parent may not have taken notice yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_persons_settings_have_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_FORKS", "1")
    monkeypatch.setenv("PYINFRA_YES", "1")
    ran = run(["env"], folder=tmp_path, timeout_seconds=30, EXTRA="yes")
    names = {line.split("=", 1)[0] for line in ran.out.splitlines()}
    assert "EXTRA" in names
    assert not names & {"ANSIBLE_FORKS", "PYINFRA_YES"}
    assert f"PATH={os.environ['PATH']}" in ran.out
