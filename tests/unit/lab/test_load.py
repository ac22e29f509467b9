"""A load sees every stream that is cut, refused or never answered, and forgives what HTTP does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.unit import repo

WORDS = 5


def tried(*words: str) -> Any:
    """What a load says after rounds on a server that behaves so (see loading.py)."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.unit.lab.loading", *words],
        cwd=repo.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("case", ["whole", "closing"])
def test_whole_streams_are_counted(case: str) -> None:
    said = tried(case, "2")
    assert said["failures"] == []
    assert said["whole"] >= 8
    assert said["words"] == said["whole"] * WORDS


@pytest.mark.parametrize(
    ("case", "failure"),
    [("cut", "IncompleteReadError"), ("short", "1 of 5 words"), ("refusing", "ValueError: 502")],
)
def test_a_stream_that_is_not_whole_is_a_failure(case: str, failure: str) -> None:
    failures = tried(case, "2")["failures"]
    assert failures
    assert all(found.startswith(failure) for found in failures)


def test_a_request_on_a_connection_that_was_just_closed_is_sent_again() -> None:
    said = tried("dropping", "4")
    assert said["resent"]
    assert said["failures"] == []


def test_one_round_of_many_streams_is_timed() -> None:
    words, seconds = tried("timed")
    assert words == 3 * 2 * WORDS
    assert seconds > 0
