"""Rounds, and what ends them, with contestants that only pretend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import measure
from bench.commands import BenchError
from bench.contestants import Contestant, Outcome
from bench.options import parse
from bench.proof import same_state
from bench.results import ANSIBLE, FLOOR, PLAIN


def contestant(name: str, folder: Path, diary: list[str], changes: int = 0) -> Contestant:
    """One that is over at once and notes that it ran."""

    def outcome(text: str) -> Outcome:
        diary.append(name)
        return Outcome(hosts=2, changes=changes)

    return Contestant(name, folder, lambda count: ["true"], outcome, seconds_per_host=30)


def test_everybody_takes_turns_in_beginning(tmp_path: Path) -> None:
    diary: list[str] = []
    three = [contestant(name, tmp_path, diary) for name in (FLOOR, PLAIN, ANSIBLE)]
    series = measure.converged(three, hosts=2, runs=3, limits={ANSIBLE: 1})
    assert diary == [FLOOR, PLAIN, ANSIBLE, PLAIN, FLOOR, FLOOR, PLAIN]
    assert [(row.contestant, row.hosts, row.runs) for row in series] == [
        (FLOOR, 2, 3),
        (PLAIN, 2, 3),
        (ANSIBLE, 2, 1),
    ]


def test_one_that_is_left_out_has_no_series(tmp_path: Path) -> None:
    found = measure.converged([contestant(ANSIBLE, tmp_path, [])], 2, 2, {ANSIBLE: 0})
    assert found == []


def test_a_measured_run_that_changes_something_ends_the_comparison(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="plain pyinfra made 2 changes while it was measured"):
        measure.converged([contestant(PLAIN, tmp_path, [], changes=2)], 2, 1, {})


def test_a_host_that_was_not_reached_ends_the_comparison(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="was on 2 of 3 hosts"):
        contestant(PLAIN, tmp_path, []).run(3)


def test_states_that_differ_are_shown_with_the_difference() -> None:
    same_state("now", "a\nb", "a\nb")
    with pytest.raises(BenchError, match=r"(?s)differs after a repair.*-b.*\+c"):
        same_state("after a repair", "a\nb", "a\nc")


def test_sizes_are_sorted_and_split_by_what_is_done_with_them() -> None:
    options = parse(["--hosts", "50,1,10,10"])
    assert options.hosts == (1, 10, 50)
    assert (options.few, options.many) == ([1, 10], [50])


@pytest.mark.parametrize("words", [["--hosts", "0"], ["--hosts", "1,x"], ["--runs", "0"]])
def test_a_wrong_command_line_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(words)
    assert words[0] in capsys.readouterr().err
