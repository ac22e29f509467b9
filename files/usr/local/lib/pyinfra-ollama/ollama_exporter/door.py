"""The HTTP server: observers and this machine are answered, nobody else."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .asking import UnansweredError, ask
from .collecting import Collector
from .settings import Settings
from .text import CONTENT_TYPE

# Scrapes of a few observers; one that sends nothing is hung up on.
HEAD_SECONDS = 10


class Door(ThreadingHTTPServer):
    """Listens for scrapes; a caller from elsewhere is hung up on before it is read."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.collector = Collector(settings)
        self.stamp = stamp(settings)
        # Whoever asks the address that is listened on from this machine has it as its own.
        known = (*settings.observers, settings.address)
        self._allowed = frozenset(map(ipaddress.ip_address, known))
        address = settings.address
        if address == "::" and not _speaks_ipv6():
            address = "0.0.0.0"
        if ":" in address:
            self.address_family = socket.AF_INET6
        super().__init__((address, settings.port), Handler)

    def server_bind(self) -> None:
        """Listen on "::" for IPv4 too."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        # The one of HTTPServer asks for the host's name, which may take long.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "", self.server_address[1]

    def server_close(self) -> None:
        """Let the port and the log go."""
        super().server_close()
        self.collector.close()

    def verify_request(self, request: object, client_address: object) -> bool:
        """Whether the caller is an observer or on this machine."""
        text = str(client_address[0]) if isinstance(client_address, tuple) else ""
        found = ipaddress.ip_address(text.partition("%")[0])
        mapped = getattr(found, "ipv4_mapped", None)
        found = mapped or found
        return found.is_loopback or found in self._allowed

    def handle_error(self, request: object, client_address: object) -> None:
        """A scrape that was broken off is no news."""


class Handler(BaseHTTPRequestHandler):
    """GET of /metrics, of the pages passed on, and of /stamp for the deployment."""

    server: Door
    timeout = HEAD_SECONDS
    server_version = "ollama-exporter"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one scrape; each has a connection of its own."""
        settings = self.server.settings
        if self.path == "/metrics":
            self._answer(200, self.server.collector.page())
        elif self.path == "/stamp":
            self._answer(200, self.server.stamp.encode())
        elif self.path in settings.passed:
            port, path = settings.passed[self.path]
            try:
                self._answer(200, ask("127.0.0.1", port, path, seconds=8))
            except UnansweredError as error:
                self._answer(502, f"{error}\n".encode())
        else:
            known = ", ".join(("/metrics", *settings.passed))
            self._answer(404, f"there is {known}\n".encode())

    def _answer(self, status: int, body: bytes) -> None:
        with contextlib.suppress(OSError):
            self.send_response_only(status)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Scrapes are not worth a line each."""


def _speaks_ipv6() -> bool:
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


def stamp(settings: Settings) -> str:
    """The hash of the files it was started with, as `sha256sum FILES | sha256sum` makes it."""
    lines = []
    for name in settings.stamped:
        with contextlib.suppress(OSError):
            lines.append(f"{hashlib.sha256(Path(name).read_bytes()).hexdigest()}  {name}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()
