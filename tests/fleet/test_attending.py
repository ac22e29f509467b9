"""`pyinfra-ollama logs`, `pyinfra-ollama debug` and `ollama-benchmark` on a real host."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.fleet.generating import generating
from tests.fleet.harness import BIN, Fleet, Ran, run, wait_until

HOST = "host1"
PROXY = "http://canary-user:canary-word@192.0.2.1:3128"


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Path:
    """A server with a model that looks after itself, seldom."""
    fleet.reset(HOST)
    monitoring = {"interval": "1h"}
    made = fleet.inventory(HOST, ollama={"models": [fleet.chat()]}, monitoring=monitoring)
    fleet.apply(made)
    return made


def attend(command: str, inventory: Path, *words: str) -> Ran:
    return run([str(BIN / "pyinfra-ollama"), command, str(inventory), *words], 300)


def test_an_archive_of_a_host(fleet: Fleet, inventory: Path, tmp_path: Path) -> None:
    fleet.sh(HOST, f"systemd-cat -t ollama true; logger -t test 'proxy {PROXY}'")
    ran = attend("logs", inventory, "--since", "1h", "-o", str(tmp_path))
    assert ran.code == 0, ran.text
    (path,) = tmp_path.iterdir()
    assert ran.out == f"{path}\n"
    with tarfile.open(path) as archive:
        texts = {
            Path(name).name: archive.extractfile(name).read().decode()  # type: ignore[union-attr]
            for name in archive.getnames()
        }
    assert {"server.log", "monitor.log", "units.txt", "settings.json"} <= set(texts)
    assert "Listening on" in texts["server.log"]
    assert json.loads(texts["health.json"])["status"] == "ok"
    assert not any("canary-word" in text for text in texts.values())


def test_debug_mode_ends_by_itself(fleet: Fleet, inventory: Path) -> None:
    assert "OLLAMA_DEBUG" not in fleet.environ(HOST)
    ran = attend("debug", inventory, "--for", "30s", "-y")
    assert ran.code == 0, ran.text
    assert fleet.environ(HOST)["OLLAMA_DEBUG"] == "1"
    refused = fleet.apply(inventory, check=False)
    assert refused.code != 0
    assert "debug mode" in refused.text
    wait_until("it is over", lambda: "OLLAMA_DEBUG" not in fleet.environ(HOST), 60)
    fleet.sh(HOST, "test ! -e /run/systemd/system/ollama.service.d/90-pyinfra-ollama-debug.conf")
    assert fleet.apply(inventory).changed() == {}


def test_debug_mode_can_be_ended(fleet: Fleet, inventory: Path) -> None:
    assert attend("debug", inventory, "--trace", "-y").code == 0
    assert fleet.environ(HOST)["OLLAMA_DEBUG"] == "2"
    assert attend("debug", inventory, "--off", "-y").code == 0
    assert "OLLAMA_DEBUG" not in fleet.environ(HOST)
    assert fleet.sh(HOST, "systemctl list-units --all --no-legend 'pyinfra-ollama-debug*'") == ""


def test_the_benchmark_compares_with_its_last_result(fleet: Fleet, inventory: Path) -> None:
    command = "ollama-benchmark --json --tokens 8 --prompt 'What is 2+2?' 2>/dev/null"
    with generating():
        first = json.loads(fleet.sh(HOST, f"{command}"))["results"][0]
        second = json.loads(fleet.sh(HOST, f"{command}"))["results"][0]
    assert first["tokens_per_second"] > 0
    assert first["change_percent"] is None
    assert second["change_percent"] is not None
