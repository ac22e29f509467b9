"""`ollama-benchmark`: streamed answers are timed, compared and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ollama_tools import benchmark
from ollama_tools.benchmark import Row, last, table
from ollama_tools.generating import FailedError, Timed, generate

from .things import answering, service

NS = 10**9
DONE = {
    "done": True,
    "load_duration": 2 * NS,
    "prompt_eval_count": 10,
    "prompt_eval_duration": NS,
    "eval_count": 20,
    "eval_duration": 2 * NS,
}
STREAM = "\n".join(map(json.dumps, [{"response": "fo"}, {"response": "ur"}, DONE])) + "\n"
TIMED = Timed(2.0, 2.5, 4.0, 10, 10.0, 20, 10.0)


def asked(body: str, status: int = 200) -> tuple[Timed, str]:
    pieces: list[str] = []
    with answering(("/api/generate", status, body)) as (port, requests):
        timed = generate(
            service(port), "a", "What is 2+2?", tokens=9, seconds=5, on_text=pieces.append
        )
    assert json.loads(requests[0][1])["options"]["num_predict"] == 9
    return timed, "".join(pieces)


def test_a_streamed_answer_is_timed() -> None:
    timed, text = asked(STREAM)
    assert text == "four"
    assert (timed.load_seconds, timed.prompt_tokens, timed.tokens) == (2.0, 10, 20)
    assert (timed.prompt_tokens_per_second, timed.tokens_per_second) == (10.0, 10.0)
    assert timed.total_seconds >= timed.first_token_seconds


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ('{"error": "model \'a\' not found"}', 404, "status 404.*not found"),
        ('{"response": "f"}\n{"error": "out of memory"}\n', 200, "out of memory"),
        ('{"response": "f"}\n', 200, "ended before it was done"),
        ("no json\n", 200, "Expecting value"),
    ],
)
def test_what_fails_says_why(body: str, status: int, words: str) -> None:
    with pytest.raises(FailedError, match=words):
        asked(body, status)


def test_a_server_that_is_down() -> None:
    with pytest.raises(FailedError, match="refused"):
        generate(service(1), "a", "x", tokens=1, seconds=1, on_text=print)


def test_a_table_compares_with_the_last_result() -> None:
    rows = [
        Row("a:latest", "What is 2+2?", TIMED, before=8.0),
        Row("a:latest", "Explain quantum computing in one sentence.", TIMED),
        Row("b:latest", "What is 2+2?", None, "not found", before=8.0),
    ]
    lines = table(rows).splitlines()
    assert lines[1].split()[-6:] == ["2.00s", "2.50s", "10.0", "10.0", "+25.0", "%"]
    assert "Explain quantum computing..." in lines[2]
    assert lines[2].endswith(" -")
    assert lines[3].endswith("failed: not found")


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(benchmark, "LAST", tmp_path / "last.json")
    return tmp_path / "monitoring.json"


def configure(path: Path, port: int, models: list[str]) -> None:
    one = {
        "unit": "ollama.service",
        "url": f"http://127.0.0.1:{port}",
        "path": "/api/version",
        "start_seconds": 60,
        "queue": 512,
    }
    values = {
        "services": [one],
        "models": models,
        "chat_models": models,
        "disks": ["/"],
        "memory_percent": 90,
        "disk_percent": 90,
        "queue_percent": 90,
        "answer_seconds": 5,
        "interval_seconds": 300,
        "repair": True,
        "notify": None,
        "prompts": ["What is 2+2?"],
    }
    path.write_text(json.dumps(values))


def test_a_whole_run_is_kept_and_compared(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--config", str(configured), "--json"]
    with answering(("/api/generate", 200, STREAM)) as (port, _):
        configure(configured, port, ["a:latest"])
        assert benchmark.main(command) == 0
        first = json.loads(capsys.readouterr().out)
        assert benchmark.main(command) == 0
        second = json.loads(capsys.readouterr().out)
    assert first["results"][0]["change_percent"] is None
    assert second["results"][0]["change_percent"] == 0.0
    assert last() == {("a:latest", "What is 2+2?"): 10.0}


def test_a_failure_is_told_and_not_kept(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(configured, 1, ["a:latest"])
    assert benchmark.main(["--config", str(configured)]) == 1
    assert "failed: " in capsys.readouterr().out
    assert not benchmark.LAST.exists()


def test_nothing_to_ask(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(configured, 1, [])
    assert benchmark.main(["--config", str(configured)]) == 2
    assert "no chat model is declared" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        benchmark.main(["--tokens", "0"])


def test_a_failure_does_not_hide_what_others_had(tmp_path: Path) -> None:
    rows = [Row("a:latest", "x", None, "not found"), Row("b:latest", "x", TIMED)]
    path = tmp_path / "last.json"
    benchmark.keep(benchmark.document(rows, 0.0), path)
    assert last(path) == {("b:latest", "x"): 10.0}
    assert json.loads(path.read_text())["started"] == "1970-01-01T00:00:00Z"
