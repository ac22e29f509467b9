"""Which trouble is news, and how it gets out."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from ollama_tools.config import Notify
from ollama_tools.state import Told
from ollama_tools.telling import MOST_TOLD, News, Trouble, channels, message, news, remember

from .things import answering

HOUR = 3600.0
WARNING, CRITICAL = 2, 3
DISK = {"disk /": Trouble(WARNING, "/: 95 % in use")}
WORSE = {"disk /": Trouble(CRITICAL, "/: 99 % in use")}


def tell(now: float, found: dict[str, Trouble], told: Told, **more: Any) -> News:
    """What a run would tell, and that it got out."""
    said = news(now, found, told, HOUR, **more)
    remember(now, said, told, HOUR)
    return said


def test_trouble_is_told_once_and_when_it_is_over() -> None:
    told = Told()
    assert tell(0, DISK, told) == News(DISK)
    assert tell(300, DISK, told).nothing
    assert tell(600, {}, told) == News({}, ("disk /",))
    assert tell(900, {}, told).nothing


def test_what_lasts_is_told_again() -> None:
    told = Told()
    tell(0, DISK, told)
    assert tell(HOUR - 1, DISK, told).nothing
    assert tell(HOUR, DISK, told) == News(DISK)


def test_what_gets_worse_is_told_at_once_and_once() -> None:
    told = Told()
    tell(0, DISK, told)
    assert tell(1, WORSE, told) == News(WORSE)
    assert tell(2, DISK, told).nothing
    assert tell(3, WORSE, told).nothing


def test_a_second_outbreak_is_told_but_not_the_tenth() -> None:
    told = Told()
    messages = [tell(at, DISK if at % 600 else {}, told) for at in range(300, 3600, 300)]
    assert [bool(one.trouble) for one in messages[:3]] == [True, False, True]
    assert sum(bool(one.trouble) for one in messages) == MOST_TOLD
    assert sum(bool(one.over) for one in messages) == MOST_TOLD


def test_new_trouble_is_told_beside_old() -> None:
    told, memory = Told(), {"memory": Trouble(WARNING, "99 %")}
    tell(0, DISK, told)
    assert tell(10, {**DISK, **memory}, told) == News(memory)


def test_deeds_are_told_always_and_asides_as_seldom_as_trouble() -> None:
    told = Told()
    for at in range(10):
        said = tell(at, {}, told, deeds=["restarted"], asides={"it ended": "once"})
        assert said.happened == ["restarted", *(["once"] if at < MOST_TOLD else [])]


def test_nothing_is_remembered_for_ever() -> None:
    told = Told()
    tell(0, DISK, told)
    tell(10, {}, told, asides={"it ended": "once"})
    tell(2 * HOUR, {}, told)
    assert told == Told()


def program(folder: Path, text: str) -> str:
    path = folder / "page-me"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def send(notify: Notify, said: News) -> list[str]:
    """What went wrong, by each channel."""
    body = json.dumps(message(said)).encode()
    return [channel(body) for channel in channels(notify).values()]


def test_a_program_gets_the_message_on_its_input(tmp_path: Path) -> None:
    command = program(tmp_path, f'cat >"{tmp_path}/got"; printf %s "$1" >"{tmp_path}/argument"')
    notify = Notify((command, "--urgent"), None, 60)
    said = News(DISK, ("memory",), ("ollama.service: started",))
    assert send(notify, said) == [""]
    got = json.loads((tmp_path / "got").read_text())
    assert got["status"] == "problem"
    assert got["problems"] == {"disk /": "/: 95 % in use"}
    assert got["recovered"] == ["memory"]
    assert got["actions"] == ["ollama.service: started"]
    assert got["text"].endswith("/: 95 % in use; memory is good again; ollama.service: started")
    assert (tmp_path / "argument").read_text() == "--urgent"


def test_a_program_that_fails_is_told_of(tmp_path: Path) -> None:
    command = program(tmp_path, "echo no line >&2; exit 3")
    assert send(Notify((command,), None, 60), News(DISK)) == [f"{command} ended with 3: no line"]
    assert send(Notify(("/nonexistent",), None, 60), News(DISK)) != [""]


def test_a_webhook_gets_the_message(tmp_path: Path) -> None:
    with answering(("/canary", 200, "")) as (port, requests):
        hook = tmp_path / "webhook"
        hook.write_text(f"http://127.0.0.1:{port}/canary\n")
        assert send(Notify((), hook, 60), News({}, ("disk /",))) == [""]
    ((path, body),) = requests
    assert path == "/canary"
    assert json.loads(body)["status"] == "recovered"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_webhook_that_leads_elsewhere_got_no_message(tmp_path: Path, status: int) -> None:
    # To follow it would be another question, without the message.
    with answering(("/canary", status, "/there"), ("/there", 200, "")) as (port, requests):
        hook = tmp_path / "webhook"
        hook.write_text(f"http://127.0.0.1:{port}/canary\n")
        (said,) = send(Notify((), hook, 60), News(DISK))
    assert said == f"the webhook answered with status {status}"
    assert [path for path, _ in requests] == ["/canary"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/canary-x",
        "http://127.0.0.1:1/canary",
        "http://canary.invalid/",
        "http://127.0.0.1:canary/",
        "http://127.0.0.1/can ary",
        "canary",
    ],
)
def test_a_webhook_that_fails_is_told_of_without_its_address(tmp_path: Path, address: str) -> None:
    with answering(("/canary", 200, "")) as (port, _):
        hook = tmp_path / "webhook"
        hook.write_text(address.format(port=port))
        (said,) = send(Notify((), hook, 60), News(DISK))
    assert "can" not in said
    assert "webhook" in said
