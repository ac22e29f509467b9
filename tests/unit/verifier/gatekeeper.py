"""A small gateway of our own making that can have one flaw, for the outside checks."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.verifier.gateway.endpoints import Kind, endpoints, may

from .answering import Main, Redirect, Server

KEYS: dict[str, tuple[str, Kind]] = {
    "chat": ("canary-chat-0123456789", "inference"),
    "ops": ("canary-ops-01234567890", "admin"),
    "eye": ("canary-eye-01234567890", "read_only"),
    "spare": ("canary-spare-0123456789", "inference"),
}


class Gatekeeper:
    """Answers as the declared gateway would, but for its flaw.

    + pem: certificate and key that it shows; `flaw` is one of those in test_outside.py
    """

    def __init__(self, pem: Path, key: Path, flaw: str) -> None:
        self.flaw = flaw
        self.settings: GatewaySettings | None = None
        self.log: list[dict[str, Any]] = []
        self._excess, self._since = 0.0, time.monotonic()
        self.main = Server(self, Main)
        self.main.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.main.context.load_cert_chain(pem, key)
        self.redirect = Server(self, Redirect)
        self.closed = Server(self, Main)
        if flaw != "status open":
            self.closed.server_close()

    @contextmanager
    def serving(self) -> Iterator[Gatekeeper]:
        """All its ports."""
        with ExitStack() as stack:
            for server in (self.main, self.redirect):
                stack.callback(server.server_close)
                if server is self.main and self.flaw == "main closed":
                    server.server_close()
                    continue
                thread = threading.Thread(target=server.serve_forever, args=(0.01,))
                thread.start()
                stack.callback(thread.join)
                stack.callback(server.shutdown)
            if self.flaw == "status open":
                stack.callback(self.closed.server_close)
            yield self

    def told(self, _: object, ids: list[str]) -> list[dict[str, Any]]:
        """The access log's lines for these requests."""
        return [line for line in self.log if line["id"] in ids]

    def decide(self, method: str, path: str, sent: Any, body: bytes) -> tuple[int, dict[str, str]]:
        """Status, and headers that are not in every answer; "backend" is for the log."""
        assert self.settings is not None
        known = {(one.method, one.path): one for one in endpoints(self.settings)}
        cors, origin = self.settings.gateway.cors, sent.get("Origin", "")
        allowed = {"Access-Control-Allow-Origin": origin if self.flaw != "no page" else "null"}
        allowed = allowed if cors and origin in cors.origins else {}
        if method == "OPTIONS" and allowed:
            return 204, allowed
        if self.flaw == "never" and path == "/api/status":
            return 200, {"backend": "127.0.0.1:11434"}
        if self.flaw == "through" and path == "/api/status":
            return 403, {"backend": "127.0.0.1:11434"}
        one = known.get((method, path))
        if one is None:
            return 403, allowed
        policy = self._policy(sent)
        if policy is None:
            challenge = {"WWW-Authenticate": 'Bearer realm="Ollama"'}
            return 401, {} if self.flaw == "no challenge" else challenge
        if not may(policy, one.kind) and self.flaw != "admin":
            return 403, allowed
        if self.flaw == "missing" and path == "/v1/embeddings":
            return 403, allowed
        if self._is_late() and self.flaw != "no rate":
            return 429, {} if self.flaw == "no retry-after" else {"Retry-After": "1"}
        if self.flaw == "every origin":
            allowed = {"Access-Control-Allow-Origin": "*"}
        backend = "10.9.9.9:11434" if self.flaw == "stranger" else "127.0.0.1:11434"
        status = 400 if body == b"{" else 404 if method == "HEAD" else 200
        return status, {**allowed, "backend": backend}

    def _policy(self, sent: Any) -> Kind | None:
        given = sent.get("Authorization", "").removeprefix("Bearer ") or sent.get("x-api-key", "")
        found = next((policy for key, policy in KEYS.values() if key == given), None)
        if self.flaw == "anybody" or (self.flaw == "any key" and given):
            return found or "read_only"
        if self.flaw == "deaf" and given == KEYS["spare"][0]:
            return None
        return found

    def _is_late(self) -> bool:
        """nginx's way: an excess that drains at the rate, and may not exceed the burst."""
        assert self.settings is not None
        limits, now = self.settings.gateway.limits, time.monotonic()
        drained = max(0.0, self._excess - (now - self._since) * limits.rate_per_key)
        self._since = now
        late = drained > limits.burst_per_key
        self._excess = drained if late else drained + 1
        return late
