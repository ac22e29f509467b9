"""A little of everything that clients do, so that each panel has something to show."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

PAUSE_SECONDS = 2.0
TOGETHER = 4
TIMEOUT_SECONDS = 60
QUESTIONS = (
    "Name three rivers.",
    "Why is the sky blue?",
    "Count to ten.",
    "Write a short poem about a lighthouse.",
)


@dataclass(frozen=True)
class Client:
    """Somebody with a key, at a gateway whose certificate is checked."""

    address: str
    name: str
    context: ssl.SSLContext
    keys: dict[str, str]
    chat: str
    embedding: str

    def ask(self, who: str, path: str, body: dict[str, Any] | None) -> int:
        """Ask once and read the answer to its end; its status, 0 for none."""
        connection = _Connection(self)
        try:
            sent = json.dumps(body).encode() if body is not None else None
            headers = {"Authorization": f"Bearer {self.keys.get(who, 'sk-nobody-knows-this')}"}
            connection.request("POST" if sent else "GET", path, sent, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def generate(self, who: str, number: int) -> int:
        """A few words."""
        prompt = f"{number}. {QUESTIONS[number % len(QUESTIONS)]}"
        options = {"num_predict": 16 + number % 5 * 12}
        return self.ask(
            who, "/api/generate", {"model": self.chat, "prompt": prompt, "options": options}
        )

    def embed(self, who: str, number: int) -> int:
        """A vector."""
        return self.ask(who, "/api/embed", {"model": self.embedding, "input": f"text {number}"})


class _Connection(http.client.HTTPSConnection):
    """To an address, where the certificate is that of a name."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.name, timeout=TIMEOUT_SECONDS, context=client.context)
        self._client = client

    def connect(self) -> None:
        """Connect, as the library would, but to the address."""
        plain = socket.create_connection((self._client.address, 443), timeout=TIMEOUT_SECONDS)
        self.sock = self._client.context.wrap_socket(plain, server_hostname=self._client.name)


def run(client: Client, until: Callable[[], bool]) -> None:
    """Ask until it is over: mostly one after the other, now and then several at once."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        for number in itertools.count():
            if until():
                return
            client.generate("app" if number % 3 else "notebook", number)
            if number % 2 == 0:
                client.embed("search", number)
            if number % 7 == 0:
                client.ask("app", "/api/tags", None)
            if number % 11 == 0:
                client.ask("stranger", "/api/tags", None)
            if number % 12 == 5:
                list(pool.map(lambda one: client.generate("app", one), range(TOGETHER)))
            time.sleep(PAUSE_SECONDS)
