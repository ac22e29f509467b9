"""The announcement names every phase once."""

from __future__ import annotations

import re

from bench.agenda import agenda
from bench.options import parse


def phases(*words: str) -> list[str]:
    return [re.sub(r"^ *[0-9.]+ min  ", "", line) for line in agenda(parse(words))]


def test_every_phase_is_announced_once() -> None:
    assert phases() == [
        "boot, deploy to and prepare 10 hosts",
        "show that all keep the same state",
        "1 host: 5 rounds",
        "10 hosts: 5 rounds",
        "1 host: from bare",
        "10 hosts: from bare",
        "boot, deploy to and prepare 50 hosts",
        "50 hosts: 5 rounds",
        "in all, roughly",
    ]


def test_what_is_not_done_is_not_announced() -> None:
    assert phases("--hosts", "20", "--runs", "2", "--first-runs", "0") == [
        "boot, deploy to and prepare 20 hosts",
        "20 hosts: 2 rounds",
        "in all, roughly",
    ]


def minutes(*words: str) -> float:
    return float(agenda(parse(words))[-1].split()[0])


def test_the_sum_follows_what_is_left_out() -> None:
    assert minutes("--without", "ansible") < minutes("--slow-runs", "0") < minutes()
