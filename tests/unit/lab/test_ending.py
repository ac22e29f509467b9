"""Hosts are taken down however the work on them ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from lab.ending import FAILED, GOOD, INTERRUPTED, guarded


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def refuse() -> None:
    raise ValueError("no room")


def end(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


@pytest.mark.parametrize(
    ("work", "code", "said"),
    [
        (lambda: None, GOOD, []),
        (refuse, FAILED, ["failed: no room"]),
        (end(signal.SIGINT), INTERRUPTED, ["interrupted"]),
        (end(signal.SIGTERM), INTERRUPTED, ["interrupted"]),
    ],
)
def test_each_end_has_its_code_and_takes_down(
    work: Callable[[], object], code: int, said: list[str]
) -> None:
    done: list[str] = []
    heard: list[str] = []
    assert guarded(work, lambda: done.append("down"), heard.append, ValueError) == code
    assert (done, heard) == (["down"], said)


def test_an_unforeseen_end_goes_on_and_takes_down() -> None:
    done: list[str] = []
    with pytest.raises(ValueError, match="no room"):
        guarded(refuse, lambda: done.append("down"), print, OSError)
    assert done == ["down"]


def test_taking_down_is_not_interrupted() -> None:
    done: list[str] = []

    def take_down() -> None:
        end(signal.SIGINT)()
        end(signal.SIGTERM)()
        done.append("down")

    assert guarded(lambda: None, take_down, print) == GOOD
    assert done == ["down"]
