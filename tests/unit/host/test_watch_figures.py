"""What a deployment writes for Prometheus when it sets the monitor up, before that first ran."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from pyinfra_ollama.commands import script

NAME = "monitor.prom"


def watch(folder: Path, figures: Path) -> subprocess.CompletedProcess[str]:
    """Set the monitor up, on a host whose units are all enabled and active."""
    systemctl = folder / "bin/systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text('#!/bin/sh\n[ "$1" != is-enabled ] || echo enabled\n')
    systemctl.chmod(0o755)
    return subprocess.run(
        ["sh", "-c", script("watch"), "x", "no", str(figures)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": f"{systemctl.parent}:{os.environ['PATH']}"},
    )


def test_they_say_since_when_it_should_run(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (tmp_path / "precious").write_text("as it was")
    # The folder's owner may have laid a link.
    (folder / f"{NAME}.new").symlink_to(tmp_path / "precious")
    watch(tmp_path, folder / NAME)
    text = (folder / NAME).read_text()
    assert "\npyinfra_ollama_monitor_set_up_timestamp_seconds 1" in text
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o644
    assert (tmp_path / "precious").read_text() == "as it was"
    assert not (folder / NAME).is_symlink()


def test_none_are_written_where_nobody_reads_them(tmp_path: Path) -> None:
    watch(tmp_path, tmp_path / "figures" / NAME)
    assert not (tmp_path / "figures").exists()


def test_none_are_written_into_a_folder_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "figures").symlink_to(tmp_path / "elsewhere")
    said = watch(tmp_path, tmp_path / "figures" / NAME)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert "figures is a link" in said.stdout
