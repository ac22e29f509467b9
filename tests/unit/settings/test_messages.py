"""Every refusal of a setting, word by word, and proof that no refusal is left out."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra_ollama import settings
from pyinfra_ollama.settings import base

from . import cases

FOLDER = Path(settings.__file__).parent


@pytest.mark.parametrize(("declaration", "expected"), cases.read())
def test_message(declaration: str, expected: str) -> None:
    assert cases.messages(declaration) == expected


def _refusals() -> Iterator[tuple[str, int]]:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refusal":
                yield path.stem, node.lineno


def test_every_refusal_in_the_code_has_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[tuple[str, int]] = set()

    def recorded(**words: str | None) -> Exception:
        caller = sys._getframe(1)
        said.add((Path(caller.f_code.co_filename).stem, caller.f_lineno))
        return base.refusal(**words)  # type: ignore[arg-type]

    for name, module in list(sys.modules.items()):
        if name.startswith(f"{settings.__name__}.") and name != base.__name__:
            monkeypatch.setattr(module, "refusal", recorded, raising=False)
    for declaration, _ in cases.read():
        cases.messages(declaration)
    assert sorted(set(_refusals()) - said) == []


def test_no_case_shows_the_value_of_a_secret() -> None:
    told = [expected for declaration, expected in cases.read() if "canary" in declaration]
    assert len(told) >= 9
    assert not any("canary" in expected for expected in told)
