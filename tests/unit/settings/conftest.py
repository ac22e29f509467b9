"""What tests of settings share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra_ollama.settings import secrets

from .proxies import PROXY


@pytest.fixture(autouse=True)
def _secrets_are_asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OLLAMA_PROXY", f"{PROXY}\n")
    secrets.forget()
    yield
    secrets.forget()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file that holds the proxy."""
    path = tmp_path / "proxy"
    path.touch(mode=0o600)
    path.write_text(f"{PROXY}\n")
    return path
