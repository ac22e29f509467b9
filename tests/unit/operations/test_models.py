"""Pulling and making models, against a server that answers what a test says."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from pyinfra_ollama.decide.models import ModelWork
from pyinfra_ollama.engine.connection import Output
from pyinfra_ollama.operations import bring as bringing
from pyinfra_ollama.operations import pull
from pyinfra_ollama.settings import Model
from tests.unit.decide.hosts import declared
from tests.unit.operations.fakes import URL, Answer, Clock, Host, Server

GOOD = [{"status": "pulling manifest"}, {"status": "success"}]
A, B = "a" * 64, "b" * 64


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(bringing, "time", clock)
    monkeypatch.setattr(pull, "time", clock)
    return clock


def job(name: str = "m:1", *, create: bool = False, pulls: bool = True, **more: Any) -> ModelWork:
    [model] = declared(ollama={"models": [{"name": name, **more}]}).ollama.models
    assert isinstance(model, Model)
    return ModelWork(model, model.pulled.listed if pulls else None, create)


def bring(monkeypatch: pytest.MonkeyPatch, server: Server, *jobs: ModelWork) -> tuple[bool, Host]:
    monkeypatch.setattr(bringing, "session", lambda host, url: server)
    host = Host()
    return bringing.bring(host, URL, "/models", jobs), host  # type: ignore[arg-type]


def test_a_pull(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    server = Server(GOOD)
    own = job("HTTP.example:5000/library/M", insecure=True)
    good, host = bring(monkeypatch, server, own)
    assert good
    name = "HTTP.example:5000/library/M:latest"
    assert server.asked == [("/api/pull", {"model": name, "stream": True, "insecure": True})]
    assert clock.slept == []
    assert "ready" in host.text


def test_making_a_model(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    stop = ["$(reboot)", 'a"b']
    server = Server(GOOD)
    tuned = job("Tuned:1", create=True, base="m:1", options={"seed": 1, "stop": stop})
    assert bring(monkeypatch, server, tuned)[0]
    assert [path for path, _ in server.asked] == ["/api/pull", "/api/create"]
    assert server.asked[1][1] == {
        "model": "Tuned:1",
        "from": "m:1",
        "stream": True,
        "parameters": {"seed": 1, "stop": stop},
    }


@pytest.mark.parametrize(
    "broken",
    [
        [{"status": "pulling"}, {"error": "max retries exceeded: connection reset"}],
        [{"status": "pulling"}],
        [],
        [b"<html>busy</html>"],
        [b"[1]"],
        [{"status": "pulling"}, requests.ConnectionError("cut")],
        requests.ConnectionError("connection refused"),
        requests.ReadTimeout("nothing came within 300 s"),
        Answer([{"error": "overloaded"}], 503),
        Answer([{"status": "success"}], 500),
    ],
)
def test_what_breaks_off_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, broken: Any
) -> None:
    server = Server(broken, GOOD)
    good, host = bring(monkeypatch, server, job())
    assert good
    assert clock.slept == [1.0]
    assert "attempt 2 in 1 s" in host.text


def test_attempts_and_pauses_are_bounded(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    server = Server([{"error": "connection refused"}])
    good, host = bring(monkeypatch, server, job(pull_attempts=8))
    assert not good
    assert len(server.asked) == 8
    assert clock.slept == [1, 2, 4, 8, 16, 30, 30]
    assert "model m:1: connection refused" in host.said
    assert "1 of 1 models could not be had: m:1; run again to go on" in host.said


def test_time_is_bounded(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    clock.step = 10
    server = Server([{"status": "pulling"}] * 100)
    good, host = bring(monkeypatch, server, job(pull_timeout_seconds=60))
    assert not good
    assert "took longer than pull_timeout_seconds allows" in host.text
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("pull model manifest: file does not exist", "spelled as its registry spells it"),
        ("manifest unknown", "spelled as its registry spells it"),
        ("unauthorized: access denied", "credentials"),
        ("http: server gave HTTP response to HTTPS client", "insecure=True"),
        ("x509: certificate signed by unknown authority", "trust the registry's certificate"),
        ("write: no space left on device", "free disk"),
        ("412: requires a newer version of Ollama", "Ollama(version=...)"),
    ],
)
def test_what_another_attempt_cannot_mend(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, error: str, remedy: str
) -> None:
    server = Server([{"error": error}])
    good, host = bring(monkeypatch, server, job())
    assert not good
    assert len(server.asked) == 1
    assert error in host.text
    assert remedy in host.text


def test_one_failure_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    server = Server([{"error": "file does not exist"}], GOOD)
    good, host = bring(monkeypatch, server, job("no:1"), job("yes:1"))
    assert not good
    assert [body["model"] for _, body in server.asked] == ["no:1", "yes:1"]
    assert "1 of 2 models could not be had: no:1; run again to go on" in host.said


def test_a_digest_is_checked(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    pinned = job("M:1", digest=A)
    assert bring(monkeypatch, Server(GOOD, digests={"m:1": A}), pinned)[0]
    good, host = bring(monkeypatch, Server(GOOD, digests={"m:1": B}), pinned)
    assert not good
    assert f"its digest is {B}, but {A} is pinned" in host.text


def test_damaged_notes_of_a_broken_pull(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    ran: list[tuple[str, ...]] = []

    def run_script(host: object, text: str, *arguments: str, timeout_seconds: int) -> Output:
        ran.append(arguments)
        return Output(True, ["sha256-1-partial-0"], [])

    monkeypatch.setattr(bringing, "run_script", run_script)
    good, host = bring(monkeypatch, Server([{"error": "EOF"}], GOOD), job())
    assert good
    assert ran == [("/models",)]
    assert "what came of 1 files was left damaged" in host.text
