"""`pyinfra-ollama logs`: what a host says becomes an archive without secrets."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import attending, collecting, engine
from pyinfra_ollama.collecting import Collected, parts
from pyinfra_ollama.commands import script
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.settings import Secret
from tests.unit.decide.hosts import declaration
from tests.unit.verifier.command import run

PROXY = "http://canary:pw@proxy.example.com:3128"


def packed(name: str, text: str) -> list[str]:
    body = base64.encodebytes(gzip.compress(text.encode())).decode().splitlines()
    return [f"@@part {name}", *body, "@@end"]


def test_parts() -> None:
    lines = [*packed("a.txt", "one\n@@done\n"), *packed("b.log", ""), "@@done"]
    assert parts(lines) == {"a.txt": "one\n@@done\n", "b.log": ""}


@pytest.mark.parametrize("lines", [[], packed("a", "x"), ["@@part a", "%%%%", "@@end", "@@done"]])
def test_what_was_cut_off_or_damaged_is_refused(lines: list[str]) -> None:
    with pytest.raises(engine.HostError, match=r"cut off|damaged at a"):
        parts(lines)


def test_the_script_says_every_part_on_any_machine() -> None:
    said = subprocess.run(
        ["sh", "-c", script("collect"), "x", "-30s", "2000"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = parts(said.stdout.splitlines())
    wanted = {"about.txt", "versions.txt", "units.txt", "resources.txt", "health.json"}
    assert wanted | {"server.log", "nginx.log", "monitor.log", "kernel.log"} <= set(found)
    assert "Linux" in found["about.txt"]
    assert all(len(text) <= 2000 for text in found.values())


def test_what_was_rotated_just_now_is_there_too(tmp_path: Path) -> None:
    now = time.time()
    for name, age in (("gateway.log", 0), ("gateway.log.1", 50), ("gateway-error.log.1", 3700)):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (now - age, now - age))
    text = script("collect").replace("/var/log/pyinfra-ollama", str(tmp_path))
    said = subprocess.run(
        ["sh", "-c", text, "x", "-3600s", "2000"], capture_output=True, text=True, check=True
    )
    found = parts(said.stdout.splitlines())
    logs = {name: text for name, text in found.items() if name.startswith("gateway")}
    assert logs == {"gateway.log": "gateway.log", "gateway.log.1": "gateway.log.1"}


def test_an_archive_is_whole_private_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["/bin/page", "-H", "Authorization: Bearer canary", "https://canary:pw@host/x"]
    monitoring = {"notify": {"command": command}}
    declared = declaration(ollama={"https_proxy": Secret.value(PROXY)}, monitoring=monitoring)
    lines = [*packed("server.log", f"level=INFO HTTPS_PROXY:{PROXY} tokens=5\n"), "@@done"]
    monkeypatch.setattr(engine, "connect", lambda host: None)
    monkeypatch.setattr(
        engine, "run_script", lambda *a, **k: type("Output", (), {"stdout": lines})()
    )
    monkeypatch.setattr(engine, "host_data", lambda host: {"ssh_password": "canary-ssh"})
    host: Any = type("Host", (), {"name": "@docker/a:1"})()
    found = collecting._one(host, declared, "-1h", tmp_path, "20261120T180000Z")
    assert found.path == tmp_path / "_docker_a_1-20261120T180000Z.tar.gz"
    assert list(tmp_path.iterdir()) == [found.path]
    assert found.path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(found.path) as archive:
        names = archive.getnames()
        texts = [archive.extractfile(name).read().decode() for name in names]  # type: ignore[union-attr]
    assert [name.partition("/")[2] for name in names] == ["server.log", "settings.json"]
    assert texts[0] == "level=INFO HTTPS_PROXY:*MASKED* tokens=5\n"
    settings = json.loads(texts[1])["declared"]
    assert settings["server"]["ollama"]["https_proxy"].startswith("Secret.value(")
    told = settings["monitoring"]["notify"]["command"]
    masked = ["Authorization: Bearer *MASKED*", "https://*MASKED*@host/x"]
    assert told == [*command[:2], *masked]
    assert not any("canary" in text for text in texts)


def test_the_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def collect(*_: Any, on_host: Any, **given: Any) -> list[Collected]:
        asked.update(given)
        found = [Collected("web1", Path("out/web1.tar.gz")), Collected("web2", None, "gone")]
        for one in found:
            on_host(one)
        return found

    monkeypatch.setattr(attending.collecting, "collect", collect)
    result = run("logs", "hosts.py", "--since", "2h", "-o", "out")
    assert result.exit_code == Exit.UNKNOWN
    assert (result.stdout, result.stderr) == ("out/web1.tar.gz\n", "web2: gone\n")
    assert asked["since"] == "-7200s"
    assert (folder / "out").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("since", ["", "1", "5s", "31d", "1h30m", "yesterday"])
def test_a_time_that_is_none(folder: Path, since: str) -> None:
    result = run("logs", "hosts.py", "--since", since, "-o", "out")
    assert result.exit_code == Exit.USAGE
    assert "is not a duration from 30s to 720h" in result.stderr


def test_a_folder_that_cannot_be_made(folder: Path) -> None:
    result = run("logs", "hosts.py", "-o", "hosts.py/out")
    assert result.exit_code == Exit.USAGE
    assert result.stderr == "error: --output hosts.py/out: Not a directory\n"


def test_nobody_at_home(folder: Path) -> None:
    result = run("logs", "hosts.py", "--limit", "web1", "-o", "out")
    assert result.exit_code == Exit.UNKNOWN
    assert "\nweb1: Could not connect" in f"\n{result.stderr}"
    assert list((folder / "out").iterdir()) == []
