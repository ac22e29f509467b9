"""What is said of a template that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import TemplateError

from pyinfra_ollama.planner.asking import _told
from pyinfra_ollama.render import render


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{% if %}", "x.j2, line 2: Expected an expression, got 'end of statement block'"),
        ("{{ nothing }}", "'nothing' is undefined"),
        (None, "x.j2: 'x.j2' not found in search path: "),
    ],
)
def test_a_template_that_cannot_be_used(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "x.j2").write_text(text)
    with pytest.raises(TemplateError) as raised:
        render(tmp_path, "x.j2")
    assert said in _told(raised.value)
