"""What the command line refuses before it touches anything, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import cli


@pytest.fixture(autouse=True)
def _nothing_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYINFRA_OLLAMA_LAB_DIR", str(tmp_path))
    monkeypatch.delenv("LAB", raising=False)
    # Handlers stay those of pytest.
    monkeypatch.setattr("lab.cli.signal.signal", lambda *_: None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["up", "--hosts", "0"], "--hosts 0: at least 1 is needed"),
        (["up", "--suite", "sid"], "--suite sid: bookworm and trixie are possible"),
        (["up", "--plain-root", "2"], "--plain-root 2: between 0 and the number of hosts (1)"),
        (["status", "--name", "No"], "lab name 'No': up to 12 of a-z"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == cli.USAGE
    said = capsys.readouterr()
    assert said.err.startswith(f"lab: {message}")
    assert said.out == ""


@pytest.mark.parametrize("arguments", [[], ["upp"], ["up", "--hosts", "x"], ["ssh"], ["reset"]])
def test_a_line_that_does_not_parse_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == cli.USAGE


@pytest.mark.parametrize(
    "arguments", [["status"], ["ssh", "host1"], ["reset", "host1"], ["stop", "host1"]]
)
def test_without_a_lab_the_way_to_one_is_said(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == cli.FAILED
    expected = "lab: no lab 'default' is up; start one: python -m lab up --hosts 3\n"
    assert capsys.readouterr().err == expected


def test_the_environment_names_the_lab(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAB", "mine")
    assert cli.main(["status"]) == cli.FAILED
    assert "no lab 'mine' is up" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYINFRA_OLLAMA_LAB_DIR", "/proc/nowhere")
    assert cli.main(["up"]) == cli.FAILED
    said = capsys.readouterr().err
    assert "'/proc/nowhere'; mend that, then repeat the command" in said
