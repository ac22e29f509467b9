"""A variable that may be declared is one by which the host tells the running process apart."""

from __future__ import annotations

import re

import pytest

from pyinfra_ollama import layout
from pyinfra_ollama.commands import script
from pyinfra_ollama.settings.variables import VARIABLES

ACCEPTED = [name for name, variable in VARIABLES.items() if variable.refused is None]
FILTER = re.search(r"='(\^\(+OLLAMA.*?)'", script("snapshot"))


@pytest.mark.parametrize("name", [*ACCEPTED, "LLAMA_ARG_CACHE_RAM", layout.UNIT_STAMP])
def test_the_snapshot_sees_it(name: str) -> None:
    """One left out would make every run restart the service."""
    assert FILTER
    assert re.match(FILTER[1], f"{name}=x")


@pytest.mark.parametrize("name", ["PATH", "LANG", "HOME", "INVOCATION_ID", "JOURNAL_STREAM"])
def test_the_snapshot_does_not_see_what_systemd_gives(name: str) -> None:
    """These differ from start to start, or from system to system."""
    assert FILTER
    assert not re.match(FILTER[1], f"{name}=x")
