"""Real clients talk through the gateway, as their users write it: a URL, a key, an authority."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.gatewaying import KEYS, PAGE, Door
from tests.fleet.generating import generating
from tests.fleet.harness import ROOT, Fleet

PYTHON = ROOT / ".venv-clients/bin/python"
TALK = Path(__file__).parent / "clients/talk.py"
# What each can ask; the others of the four are not in its interface.
CLIENTS = {
    "ollama": {"list", "chat", "stream", "embedding"},
    "openai": {"list", "chat", "stream", "embedding"},
    "openai-responses": {"chat", "stream"},
    "anthropic": {"list", "chat", "stream"},
    "langchain": {"chat", "stream", "embedding"},
    "browser": {"list", "chat", "stream", "embedding"},
}


def talk(fleet: Fleet, door: Door, folder: Path, client: str, key: str) -> dict[str, Any]:
    """What a client was answered."""
    assert PYTHON.exists(), "the clients are not installed: run `make test-fleet` or `make clients`"
    authority = folder / "authority.pem"
    authority.write_text(door.trusted)
    variables = {
        "CHAT": fleet.chat()["name"],
        "EMBEDDING": fleet.embedding()["name"],
        "KEY": key,
        "ORIGIN": PAGE,
        "SSL_CERT_FILE": str(authority),
    }
    # Nothing of this machine's own: no proxy, no other key, no tracing.
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    with generating():
        ran = subprocess.run(
            [PYTHON, TALK, client, f"https://{door.address}"],
            env={**kept, **variables},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_is_served(fleet: Fleet, door: Door, tmp_path: Path, client: str) -> None:
    said = talk(fleet, door, tmp_path, client, KEYS["chat"])
    assert CLIENTS[client] <= set(said), said
    assert said["chat"]
    assert len(said["stream"]) > 3
    if "list" in CLIENTS[client]:
        assert set(said["list"]) == {model["name"] for model in fleet.models()}
    if "embedding" in CLIENTS[client]:
        assert said["embedding"] == 384
    if client == "browser":
        status, headers = said["preflight"]
        assert (status, headers["access-control-allow-origin"]) == (204, PAGE)
        assert "authorization" in headers["access-control-allow-headers"]
        assert (said["version"], said["allowed"]) == ("HTTP/2", PAGE)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_wrong_key_is_told_to_the_user(
    fleet: Fleet, door: Door, tmp_path: Path, client: str
) -> None:
    said = talk(fleet, door, tmp_path, client, "a-key-that-nobody-was-given")
    assert "401" in said["error"]
    assert "a valid key or password is needed" in said["error"]
