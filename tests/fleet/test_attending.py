"""`pyinfra-ollama logs`, `pyinfra-ollama debug` and `ollama-benchmark` on a real host."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from lab import api
from pyinfra_ollama.settings import Secret
from tests.fleet import gatewaying, watched
from tests.fleet.damages import ANSWERS
from tests.fleet.generating import generating
from tests.fleet.harness import BIN, Fleet, Ran, run, wait_until

HOST = "host1"
WORD = "canary-word-0123456789"
os.environ["CANARY_PROXY"] = f"http://canary-user:{WORD}@127.0.0.1:9"
DROP_IN = "/run/systemd/system/ollama.service.d/90-pyinfra-ollama-debug.conf"
# What a log may hold that nobody declared.
STRAY = "OPENAI_API_KEY=sk-stray-0123456789 Authorization: Bearer stray.0123456789"


@pytest.fixture(scope="module")
def secretive(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with a model behind a gateway, which holds a secret of each kind."""
    fleet.reset(HOST)
    hook = Secret.file(watched.webhook(tmp_path_factory.mktemp("hook")))
    made = fleet.inventory(
        HOST,
        ollama={"models": [fleet.chat()], "https_proxy": Secret.env("CANARY_PROXY")},
        gateway=gatewaying.declared(),
        monitoring={"interval": "1h", "notify": {"webhook": hook}},
        verify={"generate": False},
    )
    fleet.apply(made)
    return made


@pytest.fixture(scope="module")
def inventory(fleet: Fleet, secretive: Path) -> Path:
    """The same server without a login in its proxy's address."""
    made = fleet.inventory(
        HOST,
        ollama={"models": [fleet.chat()]},
        monitoring={"interval": "1h"},
        verify={"generate": False},
    )
    fleet.apply(made)
    return made


def command(word: str, inventory: Path, *words: str) -> list[str]:
    return [str(BIN / "pyinfra-ollama"), word, str(inventory), *words]


def attend(word: str, inventory: Path, *words: str) -> Ran:
    return run(command(word, inventory, *words), 300)


def test_an_archive_of_a_host_has_all_but_secrets(
    fleet: Fleet, secretive: Path, tmp_path: Path
) -> None:
    chat = gatewaying.KEYS["chat"]
    # As if the server itself logged them, and clients put them where they do not belong.
    said = f"webhook {watched.HOOK} proxy {os.environ['CANARY_PROXY']} key {chat} {STRAY}"
    watched.drop_in(fleet, HOST, f'ExecStartPre=echo "{said}"')
    fleet.sh(HOST, f"systemctl restart ollama; {ANSWERS}; systemctl start ollama-monitor")
    asked = (
        f"curl -sk -o /dev/null 'https://127.0.0.1/api/tags?key={chat}' -H 'Host: llm.example.com'"
    )
    fleet.sh(HOST, f"{asked} -H 'Authorization: Bearer {chat}'; rm {watched.DROP_IN}")
    fleet.sh(HOST, "systemctl daemon-reload")

    ran = attend("logs", secretive, "--since", "1h", "-o", str(tmp_path / "out"))
    assert ran.code == 0, ran.text
    (path,) = (tmp_path / "out").iterdir()
    assert ran.out == f"{path}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        texts = {
            Path(name).name: archive.extractfile(name).read().decode()  # type: ignore[union-attr]
            for name in archive.getnames()
        }
    assert set(texts) == {
        *("about.txt", "versions.txt", "units.txt", "resources.txt", "health.json"),
        *("server.log", "nginx.log", "monitor.log", "kernel.log", "settings.json"),
        *("gateway.log", "gateway-error.log"),
    }
    # Without its lines of level INFO, which would show the proxy's login.
    assert "Started ollama.service" in texts["server.log"]
    assert "webhook *MASKED* proxy *MASKED* key *MASKED*" in texts["server.log"]
    assert "OK (memory" in texts["monitor.log"]
    assert "/api/tags" in texts["gateway.log"]
    assert "ollama.service - Ollama" in texts["units.txt"]
    assert "0.33.0" in texts["versions.txt"]
    assert json.loads(texts["health.json"])["status"] == "ok"
    assert json.loads(texts["settings.json"])["declared"]["name"] == HOST
    secrets = [*gatewaying.KEYS.values(), WORD, watched.CANARY, "sk-stray", "stray.0123"]
    for name, text in texts.items():
        assert not [secret for secret in secrets if secret in text], name
    refused = attend("debug", secretive, "-y")
    assert refused.code == 1
    assert "left alone: its proxy's address holds a login" in refused.out


def test_debug_mode_ends_by_itself_though_its_client_was_killed(
    fleet: Fleet, inventory: Path
) -> None:
    assert "OLLAMA_DEBUG" not in fleet.environ(HOST)
    words = command("debug", inventory, "--for", "30s", "-y")
    client = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        there = f"test -e {DROP_IN}"
        wait_until("it is on", lambda: fleet.ssh(HOST, there).returncode == 0, 30)
    finally:
        client.kill()
        client.wait()
    # Said again, it lasts longer and restarts nothing that has it already.
    again = attend("debug", inventory, "--for", "30s", "-y")
    assert again.code == 0, again.text
    # As a deployment of anybody's would; its end must not be read in another way then.
    fleet.sh(HOST, "systemctl daemon-reload")
    # Nor may systemd find that the server was started too often.
    often = "for i in 1 2 3 4 5; do systemctl restart ollama; done"
    fleet.sh(HOST, f"systemctl reset-failed ollama; {often}; {ANSWERS}")
    refused = fleet.apply(inventory, check=False)
    assert refused.code != 0
    assert "debug mode" in refused.text
    wait_until("it is over", lambda: fleet.ssh(HOST, there).returncode != 0, 60)
    fleet.sh(HOST, ANSWERS)
    assert "OLLAMA_DEBUG" not in fleet.environ(HOST)
    assert fleet.apply(inventory).changed() == {}


def test_debug_mode_can_be_ended_and_ends_with_a_boot(fleet: Fleet, inventory: Path) -> None:
    assert attend("debug", inventory, "--trace", "-y").code == 0
    assert fleet.environ(HOST)["OLLAMA_DEBUG"] == "2"
    assert attend("debug", inventory, "--off", "-y").code == 0
    assert "OLLAMA_DEBUG" not in fleet.environ(HOST)
    assert fleet.sh(HOST, "systemctl list-units --all --no-legend 'pyinfra-ollama-debug*'") == ""
    assert attend("debug", inventory, "-y").code == 0
    api.stop(fleet.lab.name, HOST)
    api.start(fleet.lab.name, HOST)
    fleet.sh(HOST, ANSWERS)
    assert "OLLAMA_DEBUG" not in fleet.environ(HOST)
    assert fleet.apply(inventory).changed() == {}


def test_the_benchmark_compares_with_its_last_result(fleet: Fleet, inventory: Path) -> None:
    def measured(*more: str) -> list[dict[str, object]]:
        words = "ollama-benchmark --json --tokens 4 " + " ".join(more)
        document = json.loads(fleet.sh(HOST, f"{words} 2>/root/progress"))
        return list(document["results"])

    own = "--prompt 'What is two and two?'"
    with generating():
        first, other, second = measured("--cold"), measured(own), measured()
        text = fleet.sh(HOST, f"ollama-benchmark --tokens 4 {own} 2>/dev/null")
    assert len(first) == len(second) == 3
    for row in first:
        assert row["failure"] is row["change_percent"] is None
        assert float(str(row["tokens_per_second"])) > 0
        assert float(str(row["first_token_seconds"])) > 0
    assert float(str(first[0]["load_seconds"])) > float(str(first[1]["load_seconds"]))
    assert other[0]["change_percent"] is None
    # What was asked in between has not taken the place of the first result.
    assert all(row["change_percent"] is not None for row in second)
    assert "What is 2+2?" in fleet.sh(HOST, "cat /root/progress")
    assert len(text.splitlines()) == 2
    missing = fleet.ssh(HOST, "ollama-benchmark --model no:such --prompt hello")
    assert missing.returncode == 1
    assert "status 404" in missing.stdout
