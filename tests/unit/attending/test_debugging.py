"""`pyinfra-ollama debug`: who is switched, who is asked first, and what a deployment then says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import attending, debugging, engine
from pyinfra_ollama.debugging import Switched, exit_code, refusal
from pyinfra_ollama.decide import preflight
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.settings import Secret
from tests.unit.decide.hosts import declaration, declared, host, whole
from tests.unit.verifier.command import run

GOOD = Switched("web1", good=True, told=True, text="debug mode is on")
BAD = Switched("web2", good=False, told=True, text="the server does not answer")
GONE = Switched("web3", good=False, told=False, text="no route")


@pytest.mark.parametrize(
    ("found", "code"),
    [((GOOD,), Exit.GOOD), ((GOOD, GONE), Exit.UNKNOWN), ((GONE, BAD), Exit.FAILED)],
)
def test_exit_codes(found: tuple[Switched, ...], code: Exit) -> None:
    assert exit_code(list(found)) == code


def test_a_login_would_be_logged() -> None:
    assert refusal(declared()) is None
    assert refusal(None) == "it is no server"
    proxy = Secret.value("http://me:canary@proxy:3128")
    said = refusal(declared(ollama={"https_proxy": proxy}))
    assert said is not None
    assert "holds a login" in said


@pytest.fixture
def switched(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    asked: dict[str, Any] = {}

    def switch(*_: Any, on_host: Any, **given: Any) -> list[Switched]:
        asked.update(given)
        on_host(GOOD)
        return [GOOD]

    monkeypatch.setattr(attending.debugging, "switch", switch)
    return asked


def test_the_command(folder: Path, switched: dict[str, Any]) -> None:
    result = run("debug", "hosts.py", "--for", "2h", "-y")
    assert (result.exit_code, result.stdout) == (Exit.GOOD, "web1  ok  debug mode is on\n")
    assert switched == {"on": True, "seconds": 7200, "level": 1}
    run("debug", "hosts.py", "--trace", "-y")
    assert switched == {"on": True, "seconds": 1800, "level": 2}
    run("debug", "hosts.py", "--off", "-y")
    assert not switched["on"]


def test_a_person_is_asked_first(folder: Path, switched: dict[str, Any]) -> None:
    for answers in ("", "y\n"):
        result = run("debug", "hosts.py", answers=answers)
        assert result.exit_code == Exit.INTERRUPTED
        assert "is restarted, now and at the end, which cuts answers in progress" in result.stderr
        assert switched == {}


@pytest.mark.parametrize("words", [("--for", "25h"), ("--for", "soon"), ("--off", "--trace")])
def test_what_people_get_wrong(folder: Path, switched: dict[str, Any], words: Any) -> None:
    assert run("debug", "hosts.py", "-y", *words).exit_code == Exit.USAGE
    assert switched == {}


def test_what_a_host_says_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    server = declaration().server
    assert server is not None
    sent: list[tuple[str, ...]] = []

    def run_script(host: Any, text: str, *arguments: str, timeout_seconds: int) -> Any:
        sent.append(arguments)
        output = {"succeeded": False, "stdout": ["one"], "stderr": ["two", ""]}
        return type("Output", (), output)()

    monkeypatch.setattr(engine, "connect", lambda host: None)
    monkeypatch.setattr(engine, "run_script", run_script)
    web: Any = type("Host", (), {"name": "web1"})()
    found = debugging._one(web, server, on=True, seconds=60, level=2)
    assert found == Switched("web1", good=False, told=True, text="one; two")
    assert sent == [("on", "60", "2", "http://127.0.0.1:11434", "60")]


def test_a_deployment_waits_for_the_end() -> None:
    drop_in = "/run/systemd/system/ollama.service.d/90-pyinfra-ollama-debug.conf"
    snapshot = host(unit={"foreign_environment": (drop_in,)})
    (row,) = [
        row
        for row in preflight.findings(whole(declared()), snapshot, (), None)
        if row.level == "failure"
    ]
    assert row.check == "debug"
    assert "pyinfra-ollama debug INVENTORY --off" in row.remedy
