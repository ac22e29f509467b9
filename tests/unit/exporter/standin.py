"""A server, runners and a gateway's log, as the exporter finds them on a host."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BLOB = "/models/blobs/sha256-aa"
API: dict[str, Any] = {
    "/api/version": {"version": "0.33.0"},
    "/api/tags": {
        "models": [
            {"name": "llama3.2:1b", "size": 1300, "digest": "d1"},
            {"name": "nomic-embed-text:latest", "size": 270, "digest": "d2"},
        ]
    },
    "/api/ps": {
        "models": [
            {
                "name": "llama3.2:1b",
                "digest": "d1",
                "size": 2000,
                "size_vram": 0,
                "context_length": 4096,
                "expires_at": "2026-11-20T18:00:00.123456789Z",
            }
        ]
    },
    "/api/show": {"modelfile": f"# made by ollama\nFROM {BLOB}\nTEMPLATE x"},
}
RUNNER = """# HELP llamacpp:prompt_tokens_total Number of prompt tokens processed.
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total {prompt}
llamacpp:prompt_seconds_total 2.5
llamacpp:tokens_predicted_total {generated}
llamacpp:tokens_predicted_seconds_total 4
llamacpp:requests_processing 1
llamacpp:requests_deferred 3
"""


@contextmanager
def answering(pages: Mapping[str, Any]) -> Iterator[int]:
    """The port of a server with these pages; texts are sent as they are, the rest as JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            body = (page if isinstance(page, str) else json.dumps(page)).encode()
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Host:
    """A /proc and a cgroup tree with the service in them."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.cgroups = folder / "proc", folder / "cgroup"
        self.unit = self.cgroups / "system.slice" / "ollama.service"
        self.unit.mkdir(parents=True)
        self.proc.mkdir()
        (self.proc / "stat").write_text("cpu 1 2 3\nbtime 1000000\n")
        self.pids: list[int] = []
        self._list()

    def run(self, pid: int, *words: str, ticks: int = 100, started: int = 500) -> None:
        """Have a process in the service; again with other ticks when time has passed."""
        folder = self.proc / str(pid)
        folder.mkdir(exist_ok=True)
        fields = ["S", "1", *["0"] * 9, str(ticks), "0", *["0"] * 6, str(started), "0"]
        (folder / "stat").write_text(f"{pid} (a name) with) {' '.join(fields)}\n")
        (folder / "cmdline").write_bytes("\0".join([*words, ""]).encode())
        (folder / "status").write_text("Name:\tx\nVmRSS:\t    100 kB\n")
        if pid not in self.pids:
            self.pids.append(pid)
        self._list()

    def end(self, pid: int) -> None:
        """Have a process gone."""
        for file in (self.proc / str(pid)).iterdir():
            file.unlink()
        self.pids.remove(pid)
        self._list()

    def _list(self) -> None:
        (self.unit / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in self.pids))


def runner(port: int, weights: str = BLOB) -> tuple[str, ...]:
    """The command line of a runner."""
    return ("/opt/x/llama-server", "--model", weights, "--port", str(port), "--host", "127.0.0.1")


def line(**fields: Any) -> bytes:
    """A line of the gateway's log, as nginx writes it."""
    row = {
        "time": "2026-11-20T18:00:00+00:00",
        "who": "chat-ui",
        "address": "192.0.2.1",
        "method": "POST",
        "path": "/api/chat",
        "status": 200,
        "type": "application/x-ndjson",
        "bytes": 100,
        "seconds": 3.2,
        "backend": "127.0.0.1:11434",
        "backend_status": "200",
        "first_byte_seconds": "0.400",
        "backend_seconds": "3.200",
    }
    return json.dumps({**row, **fields}).encode()
