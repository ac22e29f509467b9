"""Ctrl-C ends a tool at once, without a traceback, and loses nothing that it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ollama_tools import benchmark, health, monitor
from ollama_tools.benchmark import last

from .test_benchmark import TIMED, configure


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models, of which the second is asked while somebody presses Ctrl-C."""
    monkeypatch.setattr(benchmark, "LAST", tmp_path / "last.json")

    def generate(server: object, model: str, *_: object, **__: object) -> object:
        if model == "b:latest":
            raise KeyboardInterrupt
        return TIMED

    monkeypatch.setattr(benchmark, "generate", generate)
    path = tmp_path / "monitoring.json"
    configure(path, 1, ["a:latest", "b:latest"])
    return path


def test_a_benchmark_prints_and_keeps_what_it_measured(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--config", str(configured), "--json"]) == 130
    said = capsys.readouterr()
    assert [row["model"] for row in json.loads(said.out)["results"]] == ["a:latest"]
    assert said.err.endswith("ollama-benchmark: interrupted\n")
    assert last() == {("a:latest", "What is 2+2?"): 10.0}


def test_a_benchmark_that_measured_nothing(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--config", str(configured), "--model", "b:latest"]) == 130
    assert capsys.readouterr().out == ""
    assert not benchmark.LAST.exists()


@pytest.mark.parametrize(
    ("module", "name"), [(health, "ollama-health"), (monitor, "ollama-monitor")]
)
def test_the_other_tools(
    module: Any,
    name: str,
    configured: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(_: Path) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "load", interrupted)
    monkeypatch.setattr(monitor.os, "geteuid", lambda: 0)
    assert module.main([]) == 130
    assert capsys.readouterr().err == f"{name}: interrupted\n"
