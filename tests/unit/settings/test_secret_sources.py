"""Variables, files and commands that hold a secret, or do not."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from pyinfra_ollama.settings import Secret, secrets

from .proxies import PROXY, proxy, refused


def test_a_variable_a_file_and_a_command_are_fetched_by_load(kept: Path) -> None:
    code = "import sys; print('http://user:canary@proxy:3128'); print(sys.stdin.read(), end='')"
    for secret in (
        Secret.env("OLLAMA_PROXY"),
        Secret.file(kept),
        Secret.file(str(kept)),
        Secret.command(sys.executable, "-c", code),
        Secret.value(PROXY),
        SecretStr(PROXY),
    ):
        assert proxy(secret) == PROXY


def test_one_line_break_at_the_end_is_not_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, secret in (("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a"), (" ", " ")):
        monkeypatch.setenv("OLLAMA_PROXY", value)
        secrets.forget()
        assert Secret.env("OLLAMA_PROXY").get_secret_value() == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o610])
def test_a_file_open_to_others_is_refused(kept: Path, mode: int) -> None:
    kept.chmod(mode)
    assert f"{kept} is open to others (mode {mode:04o})" in refused(Secret.file(kept))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_closed_to_others_is_taken(kept: Path, mode: int) -> None:
    kept.chmod(mode)
    assert proxy(Secret.file(kept)) == PROXY


def test_a_file_in_the_repository_is_refused(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = tmp_path / "inventories"
    deployment.mkdir()
    monkeypatch.chdir(deployment)
    (tmp_path / ".git").mkdir()
    assert f"{kept} lies inside the git work tree {tmp_path}" in refused(Secret.file(kept))
    link = tmp_path.with_name(f"{tmp_path.name}-link")
    link.symlink_to(kept)
    assert "lies inside the git work tree" in refused(Secret.file(link))
    (tmp_path / ".git").rename(tmp_path / "no-git")
    secrets.forget()
    assert proxy(Secret.file(kept)) == PROXY


def test_what_is_no_file_to_read_is_refused(kept: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert f"{pipe} is no regular file" in refused(Secret.file(pipe))
    assert stat.S_ISDIR(tmp_path.stat().st_mode)
    assert f"{tmp_path} is no regular file" in refused(Secret.file(tmp_path))
    assert "cannot be read: Not a directory" in refused(Secret.file(kept / "below"))


def test_what_holds_no_secret_is_refused(kept: Path) -> None:
    for content, reason in (
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "is no UTF-8 text"),
        (b"canary" * 20_000, "is longer than 65536 bytes"),
        (b"http://user:canary\x1b@proxy", "a line break or another control character"),
        (b"http://user:canary@proxy\nmore", "a line break or another control character"),
    ):
        kept.write_bytes(content)
        secrets.forget()
        assert reason in refused(Secret.file(kept))


def test_a_command_that_fails_or_hangs_is_refused_in_its_own_words(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("echo canary; printf 'no \\033key: unlock it\\ncanary\\n' >&2; exit 2")
    failing = Secret.command("sh", str(script))
    assert f"{failing} ended with 2: no key: unlock it; accepted" in refused(failing)
    assert "was ended by signal 9" in refused(Secret.command("sh", "-c", "kill -9 $$"))
    hanging = Secret.command("sh", "-c", "sleep 60 & echo half; wait", timeout_seconds=0.2)
    assert "gave nothing within 0.2 s" in refused(hanging)


def test_a_value_given_to_one_process_is_not_there_in_another() -> None:
    secret = pickle.dumps(Secret.value(PROXY))
    code = "import pickle, sys; pickle.loads(sys.stdin.buffer.read()).get_secret_value()"
    done = subprocess.run([sys.executable, "-c", code], input=secret, capture_output=True)
    assert b"a value that was given to another process" in done.stderr
    assert b"canary" not in done.stderr
