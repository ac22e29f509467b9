"""Where backups are kept, and with which secrets they are reached."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.backup.files import repository_stamp, tool_files, unit_files
from pyinfra_ollama.settings import Sftp

from .backups import HOST_KEY, KEY, PLACES, having, keeping, setting, sourced, text
from .planning import plan
from .served import TEMPLATES, served


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_secrets_stand_in_files_that_only_root_reads_and_are_never_shown(place: object) -> None:
    declared = having(place)
    files = (*tool_files(declared, TEMPLATES), *unit_files(declared, TEMPLATES))
    holding = {file.path for file in files if "canary" in (file.content or "")}
    assert layout.backup.PASSWORD in holding
    for file in files:
        if file.path in holding:
            assert (file.mode, file.user, file.secret) == ("600", "root", True), file.path
    assert "canary" not in repr(files)
    changes = plan(declared, keeping(having({"path": "/srv/other"}), served(declared))).changes
    assert "canary" not in repr(changes)


def test_each_place_is_reached_with_what_is_declared_for_it() -> None:
    assert text(having(), layout.backup.REPOSITORY) == "/srv/backup\n"
    far = having(PLACES["sftp"])
    assert text(far, layout.backup.REPOSITORY) == "sftp:u@b.example.com:kept/host1\n"
    assert text(far, layout.backup.SSH_KEY) == f"{KEY}\n"
    assert text(far, layout.backup.KNOWN_HOSTS) == f"[b.example.com]:2222 {HOST_KEY}\n"
    command = shlex.split(setting(far, "sftp_command"))
    assert command[:5] == ["ssh", "-p", "2222", "-i", layout.backup.SSH_KEY]
    assert "StrictHostKeyChecking=yes" in command
    assert command[-3:] == ["u@b.example.com", "-s", "sftp"]
    written = {field: getattr(PLACES["sftp"], field) for field in type(PLACES["sftp"]).model_fields}
    # As OpenSSH writes it when it looks for the machine's key.
    six = having(Sftp(**{**written, "server": "FD00:0::7"}))
    assert text(six, layout.backup.REPOSITORY) == "sftp://u@[fd00::7]/kept/host1\n"
    rooted = having(Sftp(**{**written, "server": "fd00::7", "path": "/kept"}))
    assert text(rooted, layout.backup.REPOSITORY) == "sftp://u@[fd00::7]//kept\n"
    assert text(six, layout.backup.KNOWN_HOSTS) == f"[fd00::7]:2222 {HOST_KEY}\n"
    assert shlex.split(setting(six, "sftp_command"))[-3:] == ["u@fd00::7", "-s", "sftp"]
    bucket = having(PLACES["s3"])
    assert text(bucket, layout.backup.REPOSITORY) == "s3:https://s3.example.com/b/host1\n"
    credentials = text(bucket, layout.backup.CREDENTIALS) or ""
    assert sourced(credentials, "AWS_SECRET_ACCESS_KEY") == 'canary\'s "secret"'
    rest = having(PLACES["rest"])
    assert text(rest, layout.backup.REPOSITORY) == (
        "rest:https://llm:canary%2Fp%40ss%3Aword@b.example.com:8000/host1/\n"
    )
    assert setting(rest, "place") == "rest:https://b.example.com:8000/host1/"


def test_the_tool_remembers_what_the_declaration_has_it_reach(tmp_path: Path) -> None:
    for place in PLACES.values():
        declared = having(place)
        folder = tmp_path / type(place).__name__
        folder.mkdir()
        for file in tool_files(declared, TEMPLATES):
            if file.path.startswith(layout.backup.PRIVATE) and file.content is not None:
                (folder / PurePosixPath(file.path).name).write_text(file.content)
        tool = (TEMPLATES.with_name("files") / layout.backup.TOOLS[-1][1:]).read_text()
        lines = [line for line in tool.splitlines() if line.startswith(("  where=", "  by="))]
        assert len(lines) == 2
        script = "\n".join([*lines, 'echo "${where%% *} ${by%% *}"'])
        known = {"private": str(folder), "place": setting(declared, "place")}
        ran = subprocess.run(["sh", "-c", script], env=known, capture_output=True, check=True)
        assert ran.stdout.decode().strip() == repository_stamp(declared)
