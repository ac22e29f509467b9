"""An inventory for tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

INVENTORY = """\
from pyinfra_ollama.settings import Model, Ollama
web = (
    [("web1", {"ssh_hostname": "127.0.0.1", "ssh_port": 1}), "web2"],
    {"ollama": Ollama(models=[Model("llama3.2:1b")])},
)
db = (["db1"], {"ollama": Ollama()})
"""


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A valid inventory in the current folder, with nothing behind its hosts."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "hosts.py"
    path.write_text(INVENTORY)
    return path
