"""What the tables show."""

from __future__ import annotations

from bench.report import converged, counts, first, markdown, runs_note, seconds, short, table
from bench.results import ANSIBLE
from tests.unit.bench.samples import RESULTS, without


def test_a_row_per_size_with_medians_and_ratios() -> None:
    assert converged(RESULTS) == table(
        ["hosts", "floor (connect, run `true`)", "pyinfra-ollama", "plain pyinfra", "Ansible"],
        [
            ["1", "0.50 s", "0.70 s (1.40)", "3.00 s (6.00)", "14.0 s (28)"],
            ["10", "0.60 s", "1.20 s (2.00)", "4.80 s (8.00)", "48.0 s (80)"],
            ["50", "1.20 s", "3.10 s (2.58)", "20.7 s (17)", "301 s (251, n=1)"],
        ],
    )


def test_columns_line_up() -> None:
    assert table(["a", "long head"], [["1", "x"]]).splitlines() == [
        "| a   | long head |",
        "|-----|-----------|",
        "| 1   | x         |",
    ]


def test_what_was_not_measured_is_a_dash() -> None:
    assert "| -" in converged(without(ANSIBLE, 50)).splitlines()[-1]


def test_first_deployments_always_say_how_often() -> None:
    assert "25.0 s (n=1)" in first(RESULTS)


def test_commands_and_transfers_are_told_apart() -> None:
    assert "| plain pyinfra  | 44       | 2 " in counts(RESULTS)


def test_fewer_runs_are_pointed_out() -> None:
    assert runs_note(RESULTS) == "Medians of 5 runs, fewer where the cell says so (n)."
    assert runs_note(without(ANSIBLE, 50)) == "Medians of 5 runs."


def test_seconds_have_the_digits_that_mean_something() -> None:
    assert [seconds(value) for value in (0.456, 9.99, 12.34, 301.2)] == [
        "0.46 s",
        "9.99 s",
        "12.3 s",
        "301 s",
    ]


def test_the_whole_report_has_targets_proofs_and_the_machine() -> None:
    text = markdown(RESULTS)
    for part in ("not ok", "- no change on a converged host", "CPU Example 1000", "abc1234"):
        assert part in text
    assert "not ok" not in short(RESULTS)
    assert "CPU Example 1000" in short(RESULTS)
