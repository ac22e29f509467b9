"""The current folder with hosts.py in it, and nothing behind its hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.verifier.conftest import INVENTORY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts.py").write_text(INVENTORY)
    return tmp_path
