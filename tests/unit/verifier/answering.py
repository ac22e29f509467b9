"""The HTTP of the gatekeeper: it asks the gate what to say, and has the flaws of headers."""

from __future__ import annotations

import json
import secrets
import ssl
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

PIECES = 8
PIECE_SECONDS = 0.015


class Gate(Protocol):
    """What decides."""

    flaw: str
    log: list[dict[str, Any]]
    main: Server

    def decide(self, method: str, path: str, sent: Any, body: bytes) -> tuple[int, dict[str, str]]:
        """Status and further headers."""


class Server(ThreadingHTTPServer):
    # Closing waits for what is being answered.
    daemon_threads = False

    def __init__(self, gate: Gate, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.gate = gate
        self.context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS where it is spoken; who only knocks is let go."""
        if self.context is None:
            super().finish_request(request, client_address)
            return
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as made:
            super().finish_request(made, client_address)

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that only knock are part of the checks."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def version_string(self) -> str:
        return "nginx/1.22.1" if self.server.gate.flaw == "version" else "nginx"

    def log_message(self, *_: object) -> None:
        """The gate has a log of its own."""

    def do(self) -> None:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.do
        raise AttributeError(name)


class Redirect(_Handler):
    def do(self) -> None:
        gate = self.server.gate
        self.send_response(200 if gate.flaw == "no redirect" else 308)
        port = gate.main.server_address[1]
        self.send_header("Location", f"https://llm.example.com:{port}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Main(_Handler):
    def do(self) -> None:
        gate = self.server.gate
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, more = gate.decide(self.command, self.path, self.headers, body)
        number = secrets.token_hex(16)
        gate.log.append({"id": number, "backend": more.pop("backend", "")})
        self.send_response(status)
        common = {
            "Content-Type": "text/html" if gate.flaw == "no json" else "application/json",
            "X-Request-Id": number,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Strict-Transport-Security": "max-age=31536000",
        }
        if gate.flaw == "no header":
            del common["Strict-Transport-Security"]
        for name, value in (common | more).items():
            self.send_header(name, value)
        if status == 200 and self.path == "/api/generate":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._write()
            return
        said = b"" if status == 204 or self.command == "HEAD" else b'{"error": "x"}'
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _write(self) -> None:
        held = self.server.gate.flaw == "held"
        lines = [{"response": "word "}] * PIECES
        nanoseconds = int(PIECES * PIECE_SECONDS * 1e9)
        waiting = b""
        for line in [*lines, {"response": "", "done": True, "eval_duration": nanoseconds}]:
            text = json.dumps(line).encode() + b"\n"
            chunk = b"%x\r\n%s\r\n" % (len(text), text)
            time.sleep(PIECE_SECONDS)
            waiting += chunk
            if not held:
                self.wfile.write(waiting)
                waiting = b""
        self.wfile.write(waiting + b"0\r\n\r\n")
