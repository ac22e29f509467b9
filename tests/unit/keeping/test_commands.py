"""`pyinfra-ollama backup`, `snapshots` and `restore`: exit codes, questions, what is deployed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import engine
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.keeping import commands, tool
from pyinfra_ollama.verifier import showing as verifying
from tests.unit.repo import ROOT
from tests.unit.verifier.command import run

INVENTORY = """\
from pyinfra_ollama.settings import Backup, Disk, Ollama, Secret

kept = {
    "ollama": Ollama(),
    "backup": Backup(Disk("/srv/backup"), password=Secret.value("0123456789abcdef")),
}
hosts = (["web1", "web2"], kept)
others = (["plain"], {"ollama": Ollama()})
"""
GOOD = tool.Answer(0, ("kept as snapshot ab",), {"kept_bytes": "2048", "seconds": "3"})
LOCKED = tool.Answer(11, ("ollama-backup: the repository is locked",), {})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an inventory whose hosts connect at once."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts.py").write_text(INVENTORY)
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    for name in ("connect", "give_up_on_silence"):
        monkeypatch.setattr(engine, name, lambda host: None)
    return tmp_path


def answering(monkeypatch: pytest.MonkeyPatch, **answers: tool.Answer | Exception) -> list[str]:
    """Have hosts answer this; returns what they are asked, as it grows."""
    asked: list[str] = []

    def ask(host: Any, *words: str, **_: object) -> tool.Answer:
        asked.append(f"{host.name} {' '.join(words)}")
        answer = answers.get(host.name, GOOD)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(tool, "ask", ask)
    monkeypatch.setattr(tool, "prepare", lambda host, *_: asked.append(f"{host.name} prepared"))
    return asked


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, Exit.GOOD),
        ({"web2": LOCKED}, Exit.FAILED),
        ({"web2": engine.HostError("gone")}, Exit.UNKNOWN),
        ({"web1": LOCKED, "web2": engine.HostError("gone")}, Exit.FAILED),
    ],
)
def test_the_worst_host_decides_the_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answers: Any, code: Exit
) -> None:
    answering(monkeypatch, **answers)
    assert run("backup", "hosts.py").exit_code == code


def test_each_host_says_how_it_went_and_how_much_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, web2=LOCKED)
    result = run("backup", "hosts.py")
    assert "web1  good     kept as snapshot ab\n    2 KiB kept, 3 s\n" in result.stdout
    assert "web2  failed   ollama-backup: the repository is locked\n" in result.stdout
    assert "plain  skipped  no backup is declared for this host\n" in result.stdout
    assert result.stderr == "1 of 3 hosts good, 1 without a backup; not good: web2\n"
    found = json.loads(run("backup", "hosts.py", "--format", "json").stdout)
    assert {host["host"]: host["status"] for host in found["hosts"]} == {
        "web1": "good",
        "web2": "failed",
        "plain": "skipped",
    }


def test_snapshots_are_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = '[{"time":"2026-11-20T17:44:16Z","short_id":"ab","id":"ab","tags":["ollama-0.33.0"]}]'
    answering(monkeypatch, web1=tool.Answer(0, (row,), {}))
    result = run("snapshots", "hosts.py", "--limit", "web1")
    assert (
        result.stdout == "web1  good     1 snapshot\n    ab  2026-11-20 17:44:16  ollama 0.33.0\n"
    )


def test_without_any_backup_there_is_nothing_to_ask_for(folder: Path) -> None:
    result = run("backup", "hosts.py", "--limit", "plain")
    assert result.exit_code == Exit.INVALID
    assert "no host of it declares a backup" in result.stderr


def deployed(monkeypatch: pytest.MonkeyPatch, status: int = 0) -> list[list[str]]:
    """Have pyinfra and the verifier only be called; returns pyinfra's command lines."""
    called: list[list[str]] = []

    def started(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        called.append(words[1:])
        return subprocess.CompletedProcess(words, status)

    monkeypatch.setattr(commands.subprocess, "run", started)
    monkeypatch.setattr(verifying, "verify", lambda *_, **__: Exit.GOOD)
    return called


def test_a_restore_prepares_puts_back_deploys_and_verifies(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, called = answering(monkeypatch), deployed(monkeypatch)
    result = run("restore", "hosts.py", "--yes", "--limit", "web1", "--from", "old1", "--sudo")
    assert result.exit_code == Exit.GOOD
    assert asked == [
        "web1 prepared",
        "web1 restore latest --from old1 --version 0.33.0",
    ]
    [words] = called
    assert words == ["-m", "pyinfra", "-y", "--limit", "web1", "--config", "config.py", "--sudo",
                     "hosts.py", "deploy.py"]  # fmt: skip


def test_only_hosts_that_got_theirs_back_are_deployed_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, web2=LOCKED)
    called = deployed(monkeypatch)
    assert run("restore", "hosts.py", "--yes").exit_code == Exit.FAILED
    [words] = called
    assert [words[i + 1] for i, word in enumerate(words) if word == "--limit"] == ["web1"]


@pytest.mark.parametrize("options", [("--no-deploy", "--yes"), ("--target", "/srv/apart")])
def test_nothing_is_deployed_when_only_data_is_wanted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    answering(monkeypatch)
    called = deployed(monkeypatch)
    assert run("restore", "hosts.py", *options).exit_code == Exit.GOOD
    assert called == []


def test_a_deployment_that_fails_fails_the_restore(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch)
    deployed(monkeypatch, status=1)
    result = run("restore", "hosts.py", "--yes")
    assert result.exit_code == Exit.FAILED
    assert "what was put back stays" in result.stderr


def test_nobody_restores_by_mistake(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch)
    for answers in ("", "y\n"):
        result = run("restore", "hosts.py", answers=answers)
        assert result.exit_code == Exit.INTERRUPTED
        assert "Put snapshot latest in place on web1, web2?" in result.stderr
        assert asked == []


@pytest.mark.parametrize("where", ["the deployment", "the inventory", "the verifier"])
def test_who_stops_a_restore_is_told_that_something_was_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def stop(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    answering(monkeypatch)
    deployed(monkeypatch)
    if where == "the deployment":
        monkeypatch.setattr(commands.subprocess, "run", stop)
    elif where == "the verifier":
        monkeypatch.setattr(verifying, "verify", stop)
    else:
        monkeypatch.setattr(commands, "_deployed", stop)
    result = run("restore", "hosts.py", "--yes")
    assert result.exit_code == Exit.INTERRUPTED
    assert "what was begun on a host goes on there" in result.stderr
    assert "nothing on the hosts was changed" not in result.stderr
