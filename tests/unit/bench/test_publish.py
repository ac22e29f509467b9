"""Figures in the documents come from a whole run, and from nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.publish import BEGIN, DOCUMENTS, END, ROOT, missing, publish, with_region
from bench.results import FLOOR, PACKAGE, PLAIN, load
from tests.unit.bench.samples import RESULTS, with_times, without

MEASURED = ROOT / "docs/bench.json"


def test_a_whole_run_lacks_nothing() -> None:
    assert missing(RESULTS) == []


def test_a_run_that_is_not_whole_says_what_it_lacks() -> None:
    assert missing(with_times(PLAIN, 50, 1.0, 1.0)) == [
        "plain pyinfra on 50 hosts ran 2 times, 5 are needed"
    ]
    assert "pyinfra-ollama on 10 hosts ran 0 times" in missing(without(PACKAGE, 10))[0]
    assert missing(replace(RESULTS, counts=(), proofs=())) == [
        "no commands were counted",
        "nothing shows that all keep the same state",
    ]
    dirty = {"pyinfra-ollama": "0.1.0 (abc1234-dirty)"}
    assert missing(replace(RESULTS, versions=dirty)) == [
        "the checkout had changes that are in no commit"
    ]


def test_a_region_is_replaced_and_nothing_else() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = with_region(text, "new\n")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert with_region(once, "new\n") == once


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}"])
def test_a_document_without_a_region_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no region"):
        with_region(text, "new\n")


def test_publishing_writes_json_picture_and_documents(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in DOCUMENTS:
        (tmp_path / name).write_text(f"{BEGIN}\n{END}\n")
    picture = tmp_path / "drawn.svg"
    picture.write_text("<svg/>")
    publish(RESULTS, picture, tmp_path)
    assert load(tmp_path / "docs/bench.json") == RESULTS
    assert (tmp_path / "docs/bench.svg").read_text() == "<svg/>"
    assert "0.70 s (1.40)" in (tmp_path / "README.md").read_text()
    assert "not ok" in (tmp_path / "docs/bench.md").read_text()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_has_a_region(name: str) -> None:
    text = (ROOT / name).read_text()
    assert BEGIN in text
    assert END in text


@pytest.mark.skipif(not MEASURED.exists(), reason="no run was put into the documents yet")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_hold_what_was_measured(name: str) -> None:
    results = load(MEASURED)
    assert results.series(FLOOR, 1)
    text = (ROOT / name).read_text()
    assert with_region(text, DOCUMENTS[name](results)) == text
