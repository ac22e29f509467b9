"""A folder with an inventory and the templates, as `plan` wants it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.repo import ROOT
from tests.unit.verifier.conftest import INVENTORY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with hosts.py, and nothing behind its hosts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts.py").write_text(INVENTORY)
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    return tmp_path
