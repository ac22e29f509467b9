"""`pyinfra-ollama plan`: exit codes, what goes where, clean refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.exits import Exit
from pyinfra_ollama.planner import showing
from pyinfra_ollama.planner.results import Report
from tests.unit.verifier.command import run

from .examples import HOSTS

PENDING, UNCHANGED, _, REFUSED, UNKNOWN = HOSTS


def found(monkeypatch: pytest.MonkeyPatch, *reports: Any) -> None:
    """Have this foretold of the hosts."""

    def plan_fleet(*_: Any, on_host: Any, **__: Any) -> Any:
        for report in reports:
            on_host(report)
        return Report("hosts.py", "2026-01-01T00:00:00+00:00", 0.1, reports)

    monkeypatch.setattr(showing, "plan_fleet", plan_fleet)


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ((UNCHANGED,), Exit.GOOD),
        ((UNCHANGED, PENDING), Exit.PENDING),
        ((PENDING, UNKNOWN), Exit.UNKNOWN),
        ((PENDING, UNKNOWN, REFUSED), Exit.FAILED),
    ],
)
def test_what_is_foretold_decides_the_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reports: Any, code: Exit
) -> None:
    found(monkeypatch, *reports)
    for style in ("text", "markdown", "json"):
        assert run("plan", "hosts.py", "--format", style).exit_code == code


def test_data_goes_to_stdout_or_to_a_file_and_talk_to_stderr(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, PENDING)
    result = run("plan", "hosts.py", "-v", "--format", "json")
    assert json.loads(result.stdout)["hosts"][0]["host"] == "web1"
    assert result.stderr.startswith("web1  pending  (0.4 s)\n1 host with 5 changes (asked in ")
    result = run("plan", "hosts.py", "--format", "markdown", "--output", "plan.md")
    assert result.stdout == ""
    assert (folder / "plan.md").read_text().startswith("## Plan for `hosts.py`\n")
    result = run("plan", "hosts.py")
    assert result.stderr == ""
    assert result.stdout.startswith("web1: 5 changes\n")


def test_nobody_at_home_is_could_not_tell(folder: Path) -> None:
    result = run("plan", "hosts.py", "--limit", "web1")
    assert result.exit_code == Exit.UNKNOWN
    assert result.stdout.startswith("web1: could not tell: Could not connect")


def test_it_wants_the_folder_of_the_deployment(folder: Path) -> None:
    (folder / "templates").unlink()
    result = run("plan", "hosts.py")
    assert result.exit_code == Exit.USAGE
    assert f"there is no {folder}/templates/etc/systemd/system/ollama.service.j2" in result.stderr
    assert "run plan in the folder that deploy.py and templates/ are in" in result.stderr


def test_invalid_settings_are_told_before_any_host_is_asked(folder: Path) -> None:
    (folder / "hosts.py").write_text("hosts = (['web1'], {'ollama': {'port': 'high'}})")
    result = run("plan", "hosts.py")
    assert result.exit_code == Exit.INVALID
    assert "ollama.port" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan",), "Missing argument 'INVENTORY'"),
        (("plan", "hosts.py", "--format", "junit"), "'junit' is not one of"),
        (("plan", "nowhere.py"), "error: there is no inventory file nowhere.py"),
        (("plan", "hosts.py", "--limit", "x"), "error: --limit 'x' matches"),
        (("plan", "hosts.py", "--output", "no/where"), "--output no/where: there is no folder"),
    ],
)
def test_usage(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == Exit.USAGE
    assert message in result.stderr
