"""What a host says about its lock, in words."""

from __future__ import annotations

import pytest

from pyinfra_ollama.decide.lock import AnswerError, parse

RECORD = [
    "run=4f9c",
    "who=anna@desk (process 4711)",
    "since=1762165865",
    "holder=815",
    "started=12345",
    "now=1762165995",
]
WHO = "anna@desk (process 4711), since 2025-11-03 10:31:05 UTC, 2 minutes ago"


def test_a_lock_nobody_had_says_nothing() -> None:
    answer = parse(["state=taken", "now=1762165995"])
    assert (answer.state, answer.notice, answer.refusal, answer.late) == (
        "taken",
        None,
        None,
        False,
    )


def test_a_lock_that_was_given_back_says_nothing_but_that_it_is_late() -> None:
    answer = parse(["late=yes", "state=taken", *RECORD, "ended=1762165990"])
    assert answer.notice is None
    assert answer.late


def test_a_held_lock_says_who_since_when_and_what_to_do() -> None:
    answer = parse(["state=held", *RECORD])
    assert answer.refusal == (
        f"another run is changing this host: {WHO}; nothing was changed here. Run again when it "
        "has ended; if it hangs, end its connection on the host: kill 815"
    )


def test_a_command_that_was_left_is_named() -> None:
    answer = parse(["state=busy", *RECORD, "left=99"])
    assert answer.notice == f"a run that is gone left a command at work, process 99: {WHO}"
    assert answer.refusal == (
        f"{answer.notice}; nothing was changed here. Run again when it has ended"
    )


@pytest.mark.parametrize(
    ("lines", "how"),
    [([], "broke off"), (["silent=yes"], "fell silent, so its connection was ended")],
)
def test_taking_over_is_told(lines: list[str], how: str) -> None:
    answer = parse(["over=yes", "late=yes", "state=taken", *RECORD, *lines])
    assert answer.notice == f"took over the lock of a run that {how}: {WHO}"
    assert answer.late


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s ago"), (0, "0 s ago"), (119, "119 s ago"), (120, "2 minutes ago"),
     (7199, "119 minutes ago"), (7200, "2 hours ago"), (3 * 86400, "3 days ago")],
)  # fmt: skip
def test_how_long_ago(seconds: int, words: str) -> None:
    now = f"now={1762165865 + seconds}"
    answer = parse(["state=held", *RECORD[:-1], now])
    assert words in str(answer.refusal)


def test_what_came_over_the_wire_cannot_command_a_terminal() -> None:
    answer = parse(["state=held", *RECORD, "who=an\x1b[31mna"])
    assert "an[31mna" in str(answer.refusal)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["state=open"],
        ["sh: flock: not found"],
        ["state=held", "since=soon", "who=me", "now=1"],
        ["state=held", "since=1", "who=me", "now=1"],
        ["state=held"],
        ["state=busy", *RECORD],
        ["over=yes", "state=taken", "since=99999999999999999999", "who=me", "now=1"],
    ],
)
def test_junk_is_no_answer(lines: list[str]) -> None:
    with pytest.raises(AnswerError):
        parse(lines)
