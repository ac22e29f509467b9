"""Which trouble is news, and how it gets out."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ollama_tools.config import Notify
from ollama_tools.state import Memory
from ollama_tools.telling import News, news, remember, send

from .things import answering

HOUR = 3600.0
DISK = {"disk /": "/: 95 % in use"}


def told(now: float, found: dict[str, str], memory: Memory) -> News:
    """What a run would tell, and that it got out."""
    said = news(now, found, memory, HOUR)
    remember(now, said, memory, HOUR)
    return said


def test_trouble_is_told_once_and_when_it_is_over() -> None:
    memory = Memory()
    assert told(0, DISK, memory) == News(DISK, ())
    assert told(300, DISK, memory).nothing
    assert told(600, {}, memory) == News({}, ("disk /",))
    assert told(900, {}, memory).nothing


def test_what_lasts_is_told_again() -> None:
    memory = Memory()
    told(0, DISK, memory)
    assert told(HOUR - 1, DISK, memory).nothing
    assert told(HOUR, DISK, memory) == News(DISK, ())


def test_what_comes_and_goes_is_not_told_each_time() -> None:
    memory = Memory()
    messages = [told(at, DISK if at % 600 else {}, memory) for at in range(300, 3600, 300)]
    assert sum(not message.nothing for message in messages) == 2, "one alarm, one end"


def test_new_trouble_is_told_beside_old() -> None:
    memory = Memory()
    told(0, DISK, memory)
    assert told(10, {**DISK, "memory": "99 %"}, memory) == News({"memory": "99 %"}, ())


def test_nothing_is_remembered_for_ever() -> None:
    memory = Memory()
    told(0, DISK, memory)
    told(10, {}, memory)
    told(2 * HOUR, {}, memory)
    assert (memory.told, memory.open) == ({}, [])


def program(folder: Path, text: str) -> str:
    path = folder / "page-me"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_program_gets_the_message_on_its_input(tmp_path: Path) -> None:
    command = program(tmp_path, f'cat >"{tmp_path}/got"; printf %s "$1" >"{tmp_path}/argument"')
    notify = Notify((command, "--urgent"), None, 60)
    assert send(notify, News(DISK, ("memory",)), ["ollama.service: started"]) == []
    said = json.loads((tmp_path / "got").read_text())
    assert said["status"] == "problem"
    assert said["problems"] == DISK
    assert said["recovered"] == ["memory"]
    assert said["text"].endswith("/: 95 % in use; memory is good again; ollama.service: started")
    assert (tmp_path / "argument").read_text() == "--urgent"


def test_a_program_that_fails_is_told_of(tmp_path: Path) -> None:
    command = program(tmp_path, "echo no line >&2; exit 3")
    assert send(Notify((command,), None, 60), News(DISK, ()), []) == [
        f"{command} ended with 3: no line"
    ]
    missing = send(Notify(("/nonexistent",), None, 60), News(DISK, ()), [])
    assert len(missing) == 1


def test_a_webhook_gets_the_message(tmp_path: Path) -> None:
    with answering(("/canary", 200, "")) as (port, requests):
        hook = tmp_path / "webhook"
        hook.write_text(f"http://127.0.0.1:{port}/canary\n")
        assert send(Notify((), hook, 60), News({}, ("disk /",)), []) == []
    ((path, body),) = requests
    assert path == "/canary"
    assert json.loads(body)["status"] == "recovered"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/canary-x", "http://127.0.0.1:1/canary"]
)
def test_a_webhook_that_fails_is_told_of_without_its_address(tmp_path: Path, address: str) -> None:
    with answering(("/canary", 200, "")) as (port, _):
        hook = tmp_path / "webhook"
        hook.write_text(address.format(port=port))
        (said,) = send(Notify((), hook, 60), News(DISK, ()), [])
    assert "canary" not in said
    assert "webhook" in said
