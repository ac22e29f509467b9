"""The command line: each exit code, what goes to stdout and stderr, and clean refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import __version__
from pyinfra_ollama.exits import MEANINGS, Exit
from pyinfra_ollama.verifier import showing
from pyinfra_ollama.verifier.results import Report

from .command import run
from .test_reporters import BAD, GONE, GOOD


def found(monkeypatch: pytest.MonkeyPatch, *reports: Any) -> None:
    """Have the hosts answer with these reports."""

    def verify_fleet(*_: Any, on_host: Any, **__: Any) -> Any:
        for report in reports:
            on_host(report)
        return Report("hosts.py", "2026-01-01T00:00:00+00:00", 0.1, reports)

    monkeypatch.setattr(showing, "verify_fleet", verify_fleet)


@pytest.mark.parametrize(
    ("reports", "code"),
    [((GOOD,), Exit.GOOD), ((BAD, GONE), Exit.FAILED), ((GOOD, GONE), Exit.UNKNOWN)],
)
def test_what_hosts_answer_decides_the_exit_code(
    inventory: Path, monkeypatch: pytest.MonkeyPatch, reports: Any, code: Exit
) -> None:
    found(monkeypatch, *reports)
    for style in ("table", "json", "junit"):
        assert run("verify", inventory, "--format", style).exit_code == code


def test_nobody_at_home_is_could_not_tell(inventory: Path) -> None:
    result = run("verify", inventory, "--limit", "web1")
    assert result.exit_code == Exit.UNKNOWN
    assert result.stdout.startswith("web1  unknown  unreachable: ")
    assert "web1 (unreachable)" in result.stderr


def test_interrupted(inventory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(showing, "verify_fleet", interrupted)
    result = run("verify", inventory)
    assert result.exit_code == Exit.INTERRUPTED
    assert result.stderr.strip() == "interrupted; nothing on the hosts was changed"


def test_check_connects_to_nothing_and_says_what_is_declared(inventory: Path) -> None:
    result = run("check", "hosts.py", "--limit", "web")
    assert result.exit_code == Exit.GOOD
    assert result.stdout == (
        "web1: ollama 0.33.0 at http://127.0.0.1:11434, llama3.2:1b\n"
        "web2: ollama 0.33.0 at http://127.0.0.1:11434, llama3.2:1b\n"
    )
    assert result.stderr == "the settings of 2 hosts are valid\n"


def test_output_holds_the_data_and_stdout_nothing(
    inventory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, GOOD)
    target = inventory.parent / "report.json"
    target.write_text("before")
    target.chmod(0o600)
    result = run("verify", inventory, "--format", "json", "--output", target)
    assert result.exit_code == Exit.GOOD
    assert result.stdout == ""
    assert json.loads(target.read_text())["exit_code"] == 0
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in inventory.parent.iterdir()) == ["hosts.py", "report.json"]


def test_output_that_cannot_be_written_leaves_what_was_there(
    inventory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, GOOD)
    target = inventory.parent / "report.json"
    target.write_text("before")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = run("verify", inventory, "--output", target)
    assert result.exit_code == Exit.FAILED
    assert f"--output {target} was not written: No space left on device" in result.stderr
    assert target.read_text() == "before"
    assert sorted(path.name for path in inventory.parent.iterdir()) == ["hosts.py", "report.json"]


def test_output_to_a_device(inventory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, GOOD)
    assert run("verify", inventory, "--output", "/dev/null").exit_code == Exit.GOOD
    assert Path("/dev/null").is_char_device()


def test_version() -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"pyinfra-ollama {__version__}\n")


def test_every_exit_code_has_a_meaning_and_stands_in_the_documents() -> None:
    assert set(MEANINGS) == set(Exit)
    page = (Path(__file__).parents[3] / "docs/verify.md").read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {int(code)} | {meaning} |" in page
