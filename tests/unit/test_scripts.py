"""What every script that runs on hosts has in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import repo

SCRIPTS = [
    file for file in repo.files() if file.is_relative_to("pyinfra_ollama") and file.suffix == ".sh"
]


@pytest.mark.parametrize("file", SCRIPTS, ids=str)
def test_what_tidies_up_at_the_end_does_so_when_the_connection_is_cut(file: Path) -> None:
    # dash leaves out the trap on EXIT when a signal ends it, and a cut connection is SIGPIPE.
    text = repo.text(file)
    assert text.count(" EXIT\n") == text.count("trap 'exit 130' HUP INT TERM PIPE\n")


@pytest.mark.parametrize("file", SCRIPTS, ids=str)
def test_what_systemd_runs_later_has_no_semicolon(file: Path) -> None:
    # systemd 252 writes it as "\;" and, after a daemon-reload, no longer reads it so.
    text = repo.text(file).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith("systemd-run ")]
    assert not any(";" in line.partition("||")[0] for line in lines)
