"""docs/plan.md and its examples name what exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pyinfra_ollama.cli import main
from pyinfra_ollama.planner.reporters import document
from tests.unit.repo import ROOT

from .examples import REPORT

PAGE = (ROOT / "docs/plan.md").read_text()
EXAMPLES = sorted((ROOT / "docs/examples").iterdir())


@pytest.mark.parametrize("path", [ROOT / "docs/plan.md", *EXAMPLES], ids=lambda path: path.name)
def test_the_options_of_its_commands_exist(path: Path) -> None:
    known = {option for parameter in main.commands["plan"].params for option in parameter.opts}
    commands = re.findall(r"pyinfra-ollama plan((?:[^`\n]|\\\n|\n {20,})*)", path.read_text())
    named = {option for text in commands for option in re.findall(r"--[a-z-]+", text)}
    assert not named - known


def test_the_document_it_shows_has_the_shape_of_a_real_one() -> None:
    text = PAGE[PAGE.index('    {\n      "schema"') :].split("\n\n")[0]
    text = re.sub(r" *// .*", "", text)
    shown = json.loads(text)
    real = json.loads(document(REPORT))
    assert shown.keys() == real.keys()
    assert shown["totals"].keys() == real["totals"].keys()
    host, other = shown["hosts"][0], real["hosts"][0]
    assert host.keys() == other.keys()
    assert host["findings"][0].keys() == other["findings"][0].keys()
    assert host["changes"][0].keys() == other["changes"][0].keys()


def test_every_example_is_linked_to() -> None:
    assert EXAMPLES
    for path in EXAMPLES:
        assert f"](examples/{path.name})" in PAGE
