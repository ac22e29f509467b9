"""A host that keeps a backup."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from .machine import LIBRARY, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Two models, one of them pulled, a key, and a repository."""
    made = Machine(tmp_path)
    for folder in ("models/blobs", "private", "etc", "releases/0.33.0"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "current").symlink_to("releases/0.33.0")
    (tmp_path / "private/password").write_text("canary\n")
    (tmp_path / "private/repository").write_text(f"{made.repository}\n")
    (tmp_path / "etc/key").write_text("identity\n")
    weights = made.blob("weights")
    made.model("pulled", weights)
    made.model("mine", weights, made.blob("parameters"))
    values = {
        "host": "host1",
        "tag": "pyinfra-ollama",
        "private": tmp_path / "private",
        "state_folder": tmp_path / "state",
        "cache_folder": tmp_path / "cache",
        "place": made.repository,
        "figures": tmp_path / "figures/backup.prom",
        "paths": tmp_path / "etc",
        "identity": tmp_path / "etc/key",
        "models": "custom",
        "models_folder": made.models,
        "pulled": f"{LIBRARY}/pulled/latest",
        "home": tmp_path,
        "owner": "nobody-of-that-name",
        "current": tmp_path / "current",
        "lock_seconds": 0,
        "check_percent": 10,
        "retention": "--keep-last 3",
    } | dict.fromkeys(("sftp_command", "authority", "unless_there", "api"), "")
    text = "".join(f"{key}={shlex.quote(str(value))}\n" for key, value in values.items())
    (tmp_path / "settings").write_text(text)
    assert made.run("init").returncode == 0
    return made
