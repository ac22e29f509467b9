"""What the monitor does about a service, and what it leaves alone."""

from __future__ import annotations

import pytest

from ollama_tools import repair
from ollama_tools.asking import Answer
from ollama_tools.checks import Seen
from ollama_tools.repair import MOST_REPAIRS, decide, mend, settle
from ollama_tools.state import Memory, boottime

from .things import GOOD, REFUSED, SILENT, seen


def rest(_: float) -> None:
    pass


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was asked of systemd; every look afterwards finds a good service."""
    calls: list[tuple[str, str]] = []

    def change(verb: str, name: str, *, seconds: float) -> str:
        calls.append((verb, name))
        return ""

    monkeypatch.setattr(repair.units, "change", change)
    looks(monkeypatch, seen())
    return calls


def looks(monkeypatch: pytest.MonkeyPatch, *found: Seen) -> list[Seen]:
    """The next looks find these; the last one again and again."""
    left = list(found)

    def look(service: object, *, seconds: float) -> Seen:
        return left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr(repair, "look", look)
    return left


@pytest.mark.parametrize(
    ("verdict", "answer", "verb"),
    [
        ("running", GOOD, None),
        ("running", SILENT, "try-restart"),
        ("running", REFUSED, "try-restart"),
        # It answers, but not well: no restart would mend that.
        ("running", Answer("bad", "status 500"), None),
        ("starting", REFUSED, None),
        ("starting", SILENT, None),
        ("between", None, None),
        ("down", None, "start"),
        ("stopped", None, None),
        ("looping", None, None),
        ("disabled", None, None),
        ("missing", None, None),
        ("unknown", SILENT, None),
    ],
)
def test_what_would_help(verdict: str, answer: Answer | None, verb: str | None) -> None:
    wanted = decide(seen(verdict, answer))
    assert (wanted[0] if wanted else None) == verb


def test_a_service_that_is_down_is_started(done: list[tuple[str, str]]) -> None:
    memory = Memory()
    deed = mend(seen("down", None), memory, seconds=1, sleep=rest)
    assert done == [("start", "ollama.service")]
    assert deed is not None
    assert deed.good
    assert deed.text == "ollama.service: it is down here; started, and it answers"
    assert len(memory.repairs["ollama.service"]) == 1


def test_one_that_hangs_is_restarted(done: list[tuple[str, str]]) -> None:
    deed = mend(seen("running", SILENT), Memory(), seconds=1, sleep=rest)
    assert done == [("reset-failed", "ollama.service"), ("try-restart", "ollama.service")]
    assert deed is not None
    assert deed.text.endswith("restarted, and it answers")


def test_a_good_one_is_left_alone(done: list[tuple[str, str]]) -> None:
    assert mend(seen(), Memory(), seconds=1, sleep=rest) is None
    assert done == []


def test_what_does_not_stay_mended_is_left_alone(done: list[tuple[str, str]]) -> None:
    now = boottime()
    memory = Memory(repairs={"ollama.service": [now - 10.0] * MOST_REPAIRS})
    deed = mend(seen("down", None), memory, seconds=1, sleep=rest)
    assert done == []
    assert deed is not None
    assert not deed.good
    assert deed.text.endswith("left alone after 3 repairs within an hour")
    memory = Memory(repairs={"ollama.service": [now - 3601.0] * MOST_REPAIRS})
    assert mend(seen("down", None), memory, seconds=1, sleep=rest) is not None
    assert done == [("start", "ollama.service")]


def test_systemd_may_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair.units, "change", lambda *a, **k: "Job failed")
    deed = mend(seen("down", None), Memory(), seconds=1, sleep=rest)
    assert deed is not None
    assert deed.text == "ollama.service: it is down here; start failed: Job failed"


def test_a_slow_answer_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looks(monkeypatch, seen("running", SILENT), seen())
    assert settle(seen("running", SILENT), seconds=1, sleep=rest).answer == GOOD


def test_a_server_that_restarts_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looks(monkeypatch, seen("starting", REFUSED), seen())
    assert settle(seen("between", None), seconds=1, sleep=rest).answer == GOOD


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(repair, "boottime", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("found", "seconds"), [(seen("between", None), 60.0), (seen("starting", REFUSED), 120.0)]
)
def test_nobody_is_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], found: Seen, seconds: float
) -> None:
    looks(monkeypatch, found)

    def sleep(pause: float) -> None:
        clock[0] += pause

    assert settle(found, seconds=1, sleep=sleep) == found
    assert clock == [seconds]


def test_one_that_does_not_answer_when_its_start_is_over_is_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = looks(monkeypatch, *[seen("starting", SILENT)] * 8, seen("running", SILENT), seen())
    assert decide(settle(seen("starting", SILENT), seconds=1, sleep=rest)) is not None
    assert len(left) == 1


def test_three_silences_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    left = looks(monkeypatch, seen("running", SILENT), seen("running", SILENT), seen())
    assert settle(seen("running", SILENT), seconds=1, sleep=rest).answer == SILENT
    assert len(left) == 1


def test_what_does_not_help_is_not_done_for_ever(
    monkeypatch: pytest.MonkeyPatch, done: list[tuple[str, str]]
) -> None:
    looks(monkeypatch, seen("running", REFUSED))
    clock = [0.0]
    monkeypatch.setattr(repair, "boottime", lambda: clock[0])

    def hours_pass(_: float) -> None:
        clock[0] += 3600.0

    memory = Memory()
    for _ in range(5):
        deed = mend(seen("running", REFUSED), memory, seconds=1, sleep=hours_pass)
        assert deed is not None
        assert not deed.good
    assert len(done) == 2 * MOST_REPAIRS
    assert deed.text.endswith("left alone after 3 repairs that did not help")
    # It answers again, so the next trouble is mended again.
    assert mend(seen(), memory, seconds=1, sleep=hours_pass) is None
    mend(seen("running", REFUSED), memory, seconds=1, sleep=hours_pass)
    assert len(done) == 2 * (MOST_REPAIRS + 1)
