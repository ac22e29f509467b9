"""A release mirror with faults: cuts a download off, stalls in the middle of one, lies on size.

It runs in the tests' own process and listens on the lab's bridge only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Page:
    """What is served under one path. `sent`: bytes of the body after which it stops."""

    body: bytes
    sent: int | None = None
    stalls: bool = False
    said: int | None = None
    """What HEAD says of the size instead of the truth."""


@dataclass
class FaultyMirror:
    """`url` ends like a mirror's; `asked` notes "METHOD PATH" of all requests."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def faulty_mirror(address: str) -> Iterator[FaultyMirror]:
    """Serve on a free port of `address` as long as the block runs."""
    server = ThreadingHTTPServer((address, 0), _Handler)
    mirror = FaultyMirror(f"http://{address}:{server.server_address[1]}")
    server.mirror = mirror  # type: ignore[attr-defined]
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield mirror
    finally:
        mirror.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        page = self._page()
        if page:
            self._headers(len(page.body) if page.said is None else page.said)

    def do_GET(self) -> None:
        page = self._page()
        if page is None:
            return
        self._headers(len(page.body))
        self.wfile.write(page.body[: page.sent])
        self.wfile.flush()
        if page.stalls:
            self.server.mirror.ended.wait(120)  # type: ignore[attr-defined]

    def _page(self) -> Page | None:
        mirror = self.server.mirror  # type: ignore[attr-defined]
        mirror.asked.append(f"{self.command} {self.path}")
        page: Page | None = mirror.pages.get(self.path)
        if page is None:
            self.send_error(404)
        return page

    def _headers(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing; `asked` holds it."""
