"""The API's questions against a small HTTP server that says what Ollama 0.33.0 says, and worse."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from pyinfra_ollama.verifier.api import Api
from pyinfra_ollama.verifier.replies import Cloud, Embedded


class Server(ThreadingHTTPServer):
    """Answers each path with what the test put there, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, str]] = {}
        self.asked: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def says(self, path: str, *lines: object, status: int = 200) -> None:
        text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
        self.answers[path] = (status, text)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        self.server.asked.append((self.path, body))
        status, text = self.server.answers.get(self.path, (404, "404 page not found"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    with requests.Session() as session:
        yield Api(session, server.url, lambda: True)


def test_version_and_tags(server: Server, api: Api) -> None:
    server.says("/api/version", {"version": "0.33.0"})
    server.says("/api/tags", {"models": [{"name": "a:latest", "digest": "12", "size": 3}]})
    assert api.version().value == "0.33.0"
    assert api.tags().value == {"a:latest": "12"}


@pytest.mark.parametrize(
    ("status", "lines", "error"),
    [
        (500, ({"error": "boom"},), "HTTP 500: boom"),
        (403, (), "HTTP 403 without a reason"),
        (502, ("<html>Bad\nGateway</html>",), "HTTP 502: <html>Bad Gateway</html>"),
        (200, ({"error": "boom"},), "boom"),
        (200, ("not json",), "no JSON: not json"),
        (200, ({"other": 1},), "an answer of another shape: KeyError('version')"),
        (200, ([1],), "an answer of another shape: TypeError("),
    ],
)
def test_bad_answers_are_complaints(
    server: Server, api: Api, status: int, lines: tuple[object, ...], error: str
) -> None:
    server.says("/api/version", *lines, status=status)
    answer = api.version()
    assert answer.value is None
    assert answer.told
    assert answer.error.startswith(error)


def test_no_server_is_a_complaint_only_while_the_host_is_alive(server: Server) -> None:
    with requests.Session() as session:
        closed = "http://127.0.0.1:1"
        assert Api(session, closed, lambda: True).version().told
        assert not Api(session, closed, lambda: False).version().told


def test_cloud_off_asks_for_a_cloud_model(server: Server, api: Api) -> None:
    server.says("/api/status", {"cloud": {"disabled": True, "source": "env"}})
    server.says("/api/generate", {"error": "cloud is disabled"}, status=403)
    assert api.cloud().value == Cloud(True, "env", 403)


def test_cloud_on_sends_nothing_to_it(server: Server, api: Api) -> None:
    server.says("/api/status", {"cloud": {"disabled": False, "source": "none"}})
    assert api.cloud().value == Cloud(False, "none", None)
    assert [path for path, _ in server.asked] == ["/api/status"]


DONE = {
    "response": "",
    "done": True,
    "eval_count": 2,
    "eval_duration": 100_000_000,
    "load_duration": 1_500_000_000,
}


def generate(api: Api) -> Any:
    return api.generate("m:latest", prompt="Hello?", max_tokens=8, load_seconds=5)


def test_generate_counts_and_joins(server: Server, api: Api) -> None:
    server.says("/api/generate", {"response": "Par"}, {"response": "is."}, DONE)
    value = generate(api).value
    assert (value.text, value.tokens) == ("Paris.", 2)
    assert value.load_seconds == 1.5
    assert value.tokens_per_second == pytest.approx(20)
    assert 0 < value.first_token_seconds < 5
    body = {"model": "m:latest", "prompt": "Hello?", "stream": True}
    assert server.asked == [("/api/generate", body | {"options": {"num_predict": 8}})]


def test_generate_takes_thinking_for_an_answer(server: Server, api: Api) -> None:
    server.says("/api/generate", {"response": "", "thinking": "Hm"}, DONE)
    assert generate(api).value.text == "Hm"


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (({"error": "model not loaded"},), "in the stream: model not loaded"),
        (({"response": "Pa"}, {"error": "crashed"}), "in the stream: crashed"),
        (({"response": "Pa"},), "the answer ended before it was done"),
        ((), "the answer ended before it was done"),
        (({"response": "Pa"}, '{"respon'), "an answer of another shape: JSONDecodeError("),
    ],
)
def test_errors_inside_a_stream_with_status_200(
    server: Server, api: Api, lines: tuple[object, ...], error: str
) -> None:
    server.says("/api/generate", *lines)
    answer = generate(api)
    assert answer.value is None
    assert answer.error.startswith(error)


def test_embed(server: Server, api: Api) -> None:
    said = {"embeddings": [[0.0, 0.5, 0.1]], "load_duration": 2e9, "total_duration": 3e9}
    server.says("/api/embed", said)
    assert api.embed("m", text="x", load_seconds=5).value == Embedded(3, False, 2.0, 3.0)
    server.says("/api/embed", {"embeddings": []})
    assert "IndexError" in api.embed("m", text="x", load_seconds=5).error
    server.says("/api/embed", {"error": "this model does not support embeddings"}, status=500)
    error = api.embed("m", text="x", load_seconds=5).error
    assert error == "HTTP 500: this model does not support embeddings"
