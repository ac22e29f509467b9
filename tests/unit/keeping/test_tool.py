"""What `ollama-backup` on a host answers, as this program reads it."""

from __future__ import annotations

import pytest

from pyinfra_ollama import engine
from pyinfra_ollama.keeping import tool
from pyinfra_ollama.keeping.results import Snapshot

# restic 0.14.0 (2026-11), shortened.
SNAPSHOTS = (
    '[{"time":"2026-11-20T17:44:16.816976351Z","tree":"62","paths":["/a"],"hostname":"h1",'
    '"username":"root","tags":["pyinfra-ollama","ollama-0.33.0"],"id":"f0604462","short_id":"f06"},'
    '{"time":"2026-11-21T02:30:00Z","id":"ab","short_id":"ab","tags":null}]'
)


def test_words_numbers_and_the_code_are_told_apart() -> None:
    answer = tool.read(["kept as snapshot ab", "", "@@code 0", "@@status seconds=7", "@@status x="])
    assert answer == tool.Answer(0, ("kept as snapshot ab",), {"seconds": "7", "x": ""})


def test_an_answer_that_is_cut_off_is_none() -> None:
    with pytest.raises(engine.HostError, match="the host said: sudo: no"):
        tool.read(["kept as snapshot ab"], "sudo: no")


def test_snapshots_are_named_with_their_ollama() -> None:
    assert tool.listed(tool.Answer(0, (SNAPSHOTS,), {})) == (
        Snapshot("f06", "2026-11-20 17:44:16", "0.33.0"),
        Snapshot("ab", "2026-11-21 02:30:00", ""),
    )
    assert tool.listed(tool.Answer(0, ("null",), {})) == ()


@pytest.mark.parametrize("said", ["", "[{}]", "<html>", '[{"time": 1}]'])
def test_a_list_that_cannot_be_read_is_could_not_tell(said: str) -> None:
    with pytest.raises(engine.HostError, match="could not be read"):
        tool.listed(tool.Answer(0, (said,), {}))
