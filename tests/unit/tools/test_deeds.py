"""What the monitor did is told of always, also when it did not help."""

from __future__ import annotations

import json
from pathlib import Path

from ollama_tools import monitor
from ollama_tools.config import Notify
from ollama_tools.monitor import Outcome, lines
from ollama_tools.repair import MOST_REPAIRS, Deed, mend
from ollama_tools.state import Memory, boottime

from .test_repair import rest
from .things import config, seen

TEXT = "ollama.service: it is down; started, and it does not answer"


def told(folder: Path, deed: Deed, times: int) -> list[dict[str, object]]:
    """What a program is told by so many runs that each come to this."""
    command = folder / "page-me"
    command.write_text(f'#!/bin/sh\ncat >>"{folder}/told"; echo >>"{folder}/told"\n')
    command.chmod(0o755)
    memory = Memory()
    for _ in range(times):
        outcome = Outcome((), (deed,), "", {})
        monitor.tell(config(notify=Notify((str(command),), None, 3600)), outcome, memory)
    return [json.loads(line) for line in (folder / "told").read_text().splitlines()]


def test_a_repair_that_did_not_help_is_told_of_each_time(tmp_path: Path) -> None:
    found = told(tmp_path, Deed("ollama.service", "start", good=False, text=TEXT), 3)
    assert [one["actions"] for one in found] == [[TEXT]] * 3
    assert {one["status"] for one in found} == {"problem"}
    # As trouble it is told of once, and its words once in the text.
    assert [one["problems"] for one in found] == [{"ollama.service": TEXT}, {}, {}]
    assert str(found[0]["text"]).count(TEXT) == 1


def test_what_was_left_alone_is_trouble_and_no_deed(tmp_path: Path) -> None:
    memory = Memory(repairs={"ollama.service": [boottime() - 10.0] * MOST_REPAIRS})
    deed = mend(seen("down", None), memory, seconds=1, sleep=rest)
    assert deed is not None
    (one,) = told(tmp_path, deed, 3)
    assert (one["actions"], one["problems"]) == ([], {"ollama.service": deed.text})
    assert lines(Outcome((), (deed,), "", {}), [])[1:] == [f"NOTE: {deed.text}"]


def test_what_was_done_is_an_action_in_the_log() -> None:
    deed = Deed("ollama.service", "start", good=False, text=TEXT)
    assert lines(Outcome((), (deed,), "", {}), [])[1:] == [f"ACTION: {TEXT}"]
