"""What the tests of the gateway share: a host behind its own nginx, a client without manners."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shlex
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import Fleet

HOST = "host1"
NAME = "llm.example.com"
# Made up here and known nowhere else; inventories name the variables.
KEYS = {
    "chat": "sk-chat-0123456789abcdefghij",
    "ops": "sk-ops-0123456789ABCDEFGHIJ",
    "eye": "sk-eye-0123456789abcdefghijk",
    "slow": "sk-slow-0123456789abcdefghij",
    "next": "sk-next-0123456789abcdefghij",
}
PASSWORD = "correct horse battery staple"
os.environ.update({f"GATEWAY_{name.upper()}": text for name, text in KEYS.items()})
os.environ["GATEWAY_ADA"] = PASSWORD
# Calls to Ollama's maker end on the host itself, whatever a test gets through.
DEAD = "http://127.0.0.1:9"
WIDE = {
    "rate_per_key": 10000,
    "burst_per_key": 10000,
    "rate_per_address": 10000,
    "burst_per_address": 10000,
}


def secret(name: str) -> Secret:
    """Where a key or password of these tests is kept."""
    return Secret.env(f"GATEWAY_{name.upper()}")


def basic(name: str, password: str) -> str:
    """What a client sends for a user."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def key(name: str, **more: Any) -> dict[str, Any]:
    """A key as group data declares it."""
    return {"name": name, "secret": secret(name), **more}


def declared(**more: Any) -> dict[str, Any]:
    """A gateway with a key of each policy and no pace that a test would meet."""
    keys = [key("chat"), key("ops", policy="admin"), key("eye", policy="read_only")]
    return {"server_names": [NAME], "keys": keys, "limits": WIDE, **more}


def inventory(fleet: Fleet, *, models: bool = False, **more: Any) -> Path:
    """One host with its Ollama behind a gateway; keywords are fields of Gateway."""
    ollama = {"https_proxy": DEAD, "models": fleet.models() if models else []}
    return fleet.inventory(
        HOST, ollama=ollama, gateway=declared(**more), verify={"generate": False}
    )


PAGE = "https://chat.example.com"
MIB = 1024**2
# Everything that a gateway can be asked for at once.
FULL: dict[str, Any] = {
    "keys": [*declared()["keys"], key("slow", rate_per_second=1, burst=1)],
    "users": [{"name": "ada", "password": secret("ada")}],
    "cors": {"origins": [PAGE]},
    "limits": {**WIDE, "concurrent_per_key": 4},
    "max_body": MIB,
}


def full(fleet: Fleet, **more: Any) -> Path:
    """One host with models, behind a gateway with keys, a user, a page and limits."""
    return inventory(fleet, models=True, **{**FULL, **more})


def have(fleet: Fleet, wanted: Path) -> Door:
    """The gateway of an inventory, made anew on a bare host unless it is there already."""
    if fleet.plan(wanted).planned:
        fleet.reset(HOST)
        fleet.apply(wanted)
    return Door(fleet)


@dataclass(frozen=True)
class Said:
    """An answer: status, headers by their small names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """What a client of Ollama shows of it."""
        return str(json.loads(self.body)["error"])


class Door:
    """Connections to the gateway of one host, trusting one authority only: the host's own."""

    def __init__(self, fleet: Fleet, host: str = HOST, trusted: str = "") -> None:
        self.address = fleet.lab.host(host).address
        self.trusted = trusted or fleet.sh(host, "cat /etc/pyinfra-ollama/tls/authority.pem")
        self.context = ssl.create_default_context(cadata=self.trusted)

    def connect(self, port: int = 443, timeout: float = 20) -> ssl.SSLSocket:
        """A connection whose certificate was checked."""
        plain = socket.create_connection((self.address, port), timeout=timeout)
        return self.context.wrap_socket(plain, server_hostname=NAME)

    def raw(self, sent: bytes, timeout: float = 20) -> bytes:
        """All that comes back for these bytes until the gateway closes or says nothing more."""
        with self.connect(timeout=timeout) as connection:
            received = b""
            try:
                connection.sendall(sent)
                while part := connection.recv(65536):
                    received += part
            except (TimeoutError, ConnectionError, ssl.SSLError):
                pass
            return received

    def ask(
        self, method: str, path: str, *, key: str = "", body: bytes | None = None, **headers: str
    ) -> Said:
        """One honest request; keywords are headers, `_` for `-`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            given["Authorization"] = f"Bearer {KEYS.get(key, key)}"
        asked = http.client.HTTPSConnection(NAME, context=self.context, timeout=60)
        asked.sock = self.connect(timeout=60)
        asked.request(method, path, body=body, headers=given)
        with closing(asked), asked.getresponse() as answer:
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Said(answer.status, named, answer.read())


def marked(fleet: Fleet) -> str:
    """A mark in the journal; `reached` tells what Ollama was asked since."""
    fleet.sh(HOST, "journalctl --sync")
    return fleet.sh(HOST, "journalctl -u ollama -n 0 --show-cursor -q").rpartition("cursor: ")[2]


def reached(fleet: Fleet, mark: str) -> list[str]:
    """What Ollama's own log says it was asked since the mark, as `GET "/api/version"`."""
    fleet.sh(HOST, "journalctl --sync")
    said = fleet.sh(HOST, f"journalctl -u ollama -o cat --after-cursor={shlex.quote(mark)}")
    return [f"{method} {path}" for method, path in re.findall(r"\| (\w+) +(\".*\")$", said, re.M)]
