"""The text format, written and read."""

from __future__ import annotations

from ollama_exporter.text import Family, number, render, values


def test_a_family_has_its_help_and_its_kind_once() -> None:
    family = Family("a_total", "counter", "What it is.")
    family.add(1, model="x")
    family.add(2.5, model="y")
    assert render([family]) == (
        "# HELP a_total What it is.\n"
        "# TYPE a_total counter\n"
        'a_total{model="x"} 1\n'
        'a_total{model="y"} 2.5\n'
    )


def test_a_family_without_samples_is_left_out() -> None:
    assert render([Family("a", "gauge", "x")]) == ""


def test_labels_cannot_break_out_of_their_quotes() -> None:
    family = Family("a", "gauge", "x")
    family.add(1, who='a"} 9\nb{x="\\')
    assert 'a{who="a\\"} 9\\nb{x=\\"\\\\"} 1\n' in render([family])


def test_numbers_are_plain() -> None:
    assert [number(n) for n in (0, 3.0, 0.25, 1e9, 1800000000.0)] == [
        "0",
        "3",
        "0.25",
        "1000000000",
        "1800000000",
    ]


def test_a_page_is_read_without_comments_labels_and_what_is_no_number() -> None:
    page = '# TYPE a gauge\na 1\nb{x="y"} 2e3\nc words\nd\n\n{} 3\n'
    assert values(page) == {"a": 1.0, "b": 2000.0}
