"""What the tests of the host's own tools share: a configuration, services, servers that answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ollama_tools import output
from ollama_tools.asking import Answer
from ollama_tools.checks import Seen
from ollama_tools.config import Config, Service
from ollama_tools.units import Unit

GOOD = Answer("good", '{"version":"0.33.0"}', 0.01)
RAN = "pyinfra_ollama_monitor_last_run_timestamp_seconds"
SILENT = Answer("silent", "no answer from port 11434 within 10 s")
REFUSED = Answer("refused", "nothing listens on port 11434")


def service(port: int = 11434, **more: Any) -> Service:
    values = {
        "unit": "ollama.service",
        "url": f"http://127.0.0.1:{port}",
        "path": "/api/version",
        "start_seconds": 60,
        "queue": 512,
    }
    return Service(**{**values, **more})


def config(*services: Service, **more: Any) -> Config:
    values: dict[str, Any] = {
        "services": services or (service(),),
        "models": ("a:latest",),
        "chat_models": ("a:latest",),
        "disks": ("/",),
        "memory_percent": 90,
        "disk_percent": 90,
        "queue_percent": 90,
        "answer_seconds": 10.0,
        "interval_seconds": 300,
        "repair": True,
        "notify": None,
        "prompts": ("What is 2+2?",),
    }
    return Config(**{**values, **more})


def seen(verdict: str = "running", answer: Answer | None = GOOD, **unit: Any) -> Seen:
    found = Unit("ollama.service", verdict, f"{verdict} here", **unit)  # type: ignore[arg-type]
    return Seen(service(), found, answer)


@contextmanager
def answering(*paths: tuple[str, int, str]) -> Iterator[tuple[int, list[tuple[str, bytes]]]]:
    """An HTTP server with these (path, status, body); gives its port and what it was sent.

    The body of a status that leads elsewhere is where to.
    """
    said = {path: (status, body) for path, status, body in paths}
    requests: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append((self.path, self.rfile.read(int(self.headers["Content-Length"] or 0))))
            status, body = said.get(self.path, (404, ""))
            self.send_response(status)
            if status // 100 == 3:
                self.send_header("Location", body)
                body = ""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def figures(folder: Path) -> dict[str, str]:
    """What Prometheus is told, by name."""
    lines = (folder / output.NAME).read_text().splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))
