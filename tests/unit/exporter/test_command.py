"""The command and its configuration: what it refuses, in which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ollama_exporter.__main__ import main
from ollama_exporter.settings import Settings, read

from .standin import answering


def test_a_configuration_is_read_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "exporter.json"
    file.write_text('{"server": ["127.0.0.1", 11434], "passed": {"/node": [9100, "/metrics"]}}')
    assert read(file) == Settings(server=("127.0.0.1", 11434), passed={"/node": (9100, "/metrics")})


@pytest.mark.parametrize("text", ["", "[]", '{"colour": 1}', '{"observers": ["a name"]}'])
def test_a_configuration_that_cannot_be_used_is_said_in_a_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "exporter.json"
    file.write_text(text)
    assert main(["--config", str(file)]) == 2
    assert main(["--config", str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_a_port_that_another_has_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "exporter.json"
    with answering({}) as port:
        file.write_text(json.dumps({"port": port}))
        # Its own word, as of a listener that does not share its port.
        assert main(["--config", str(file)]) == 1
    assert f"port {port}" in capsys.readouterr().err


def test_one_page_can_be_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "exporter.json"
    file.write_text("{}")
    assert main(["--config", str(file), "--once"]) == 0
    assert "ollama_exporter_cpu_seconds_total" in capsys.readouterr().out


def test_the_help_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "Prometheus" in capsys.readouterr().out
