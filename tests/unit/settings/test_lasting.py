"""What stays after an uninstall is not declared where all goes."""

from __future__ import annotations

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.settings import Disk, Ollama, Swap
from pyinfra_ollama.settings.kinds import GOING_FOLDERS, SERVICE_HOME

# What is below /run does not last, whoever removes it.
REMOVED = sorted(
    path
    for path in (
        *owned.TREES,
        *owned.PASSING_TREES,
        *(path for paths in owned.LEFT.values() for path, verb in paths.items() if verb == "tree"),
        layout.STATE,
        owned.RUN,
    )
    if not path.startswith("/run/")
)


def test_the_settings_know_every_folder_that_an_uninstall_removes_whole() -> None:
    assert sorted(GOING_FOLDERS) == REMOVED
    assert SERVICE_HOME == layout.HOME
    # Where older versions took such a setting, it is looked for.
    assert {*GOING_FOLDERS, SERVICE_HOME} == set(owned.SEARCHED)


@pytest.mark.parametrize("folder", [*REMOVED, layout.HOME])
def test_models_swap_and_backups_lie_elsewhere(folder: str) -> None:
    for path in (folder, f"{folder}/a/b"):
        assert not Ollama(models_dir=path).is_valid
        assert not Swap(size="1G", path=path).is_valid
        assert not Disk(path).is_valid
        beside = f"{folder}-a/b"
        assert Ollama(models_dir=beside).is_valid
        assert Swap(size="1G", path=beside).is_valid
        assert Disk(beside).is_valid
