"""The figures for Prometheus: what they say, and what is never taken over into them."""

from __future__ import annotations

import os
from pathlib import Path

from ollama_tools import output

from .things import figures


def test_figures_for_a_node_exporter(tmp_path: Path) -> None:
    assert output.textfile(on=True, folder=tmp_path / "none") == []
    assert output.textfile(on=True, folder=tmp_path, now=5.0) == []
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o644
    assert "pyinfra_ollama_monitor_last_run_timestamp_seconds 5\n" in path.read_text()
    assert path.read_text().endswith("pyinfra_ollama_maintenance 1\n")


def test_the_switch_is_told_at_once_and_keeps_the_other_figures(tmp_path: Path) -> None:
    assert output.switched(on=True, folder=tmp_path / "none") == []
    # What the deployment says before the first run stays too.
    name = "pyinfra_ollama_monitor_set_up_timestamp_seconds"
    (tmp_path / output.NAME).write_text(f"# TYPE {name} gauge\n{name} 7\n")
    assert output.switched(on=True, folder=tmp_path) == []
    assert figures(tmp_path) == {name: "7", "pyinfra_ollama_maintenance": "1"}
    assert output.switched(on=False, folder=tmp_path) == []
    assert figures(tmp_path) == {name: "7", "pyinfra_ollama_maintenance": "0"}


def test_the_switch_takes_nothing_over_that_is_not_the_monitors(tmp_path: Path) -> None:
    # The folder is not root's, and what lies in it is whatever its owner put there.
    secret = tmp_path / "secret"
    secret.write_text("root:canary:1\n")
    told = tmp_path / "told"
    told.mkdir()
    (told / output.NAME).symlink_to(secret)
    assert output.switched(on=True, folder=told) == []
    assert figures(told) == {"pyinfra_ollama_maintenance": "1"}
    (told / output.NAME).write_bytes(b"\xff other 1\n")
    assert output.switched(on=True, folder=told) == []
    assert figures(told) == {"pyinfra_ollama_maintenance": "1"}
    (told / output.NAME).unlink()
    os.mkfifo(told / output.NAME)
    assert output.switched(on=True, folder=told) == []
    assert secret.read_text() == "root:canary:1\n"
