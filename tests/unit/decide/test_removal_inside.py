"""Uninstalling: what stays is not taken along with a folder that goes."""

from __future__ import annotations

import pytest

from pyinfra_ollama.decide.removal.steps import Wishes
from pyinfra_ollama.refusal import RefusedError

from .removals import ALL, MODELS, planned, steps


@pytest.mark.parametrize(
    ("inside", "wishes", "said"),
    [
        ("models /opt/ollama/models", Wishes(), "/opt/ollama/models holds models"),
        ("repository /var/lib/pyinfra-ollama/b", Wishes(), "lib/pyinfra-ollama/b holds backups"),
        ("repository /usr/share/ollama/b", Wishes(purge_models=True), "ollama/b holds backups"),
        ("swapfile /opt/ollama/swap", Wishes(), "/opt/ollama/swap is in use as swap"),
    ],
)
def test_nothing_goes_while_what_stays_lies_in_it(inside: str, wishes: Wishes, said: str) -> None:
    with pytest.raises(RefusedError, match=f"{said}.*move it"):
        planned(wishes=wishes, inside=[inside])


@pytest.mark.parametrize(
    ("inside", "wishes", "made"),
    [
        ("models /opt/ollama/models", Wishes(purge_models=True), []),
        # The home stays.
        ("repository /usr/share/ollama/b", Wishes(), []),
        ("repository /usr/share/ollama/b", Wishes(purge_models=True), ["group x"]),
        (f"models {MODELS}", Wishes(), []),
        ("swapfile /opt/ollama/swap", Wishes(), ["swapfile /opt/ollama/swap"]),
    ],
)
def test_what_goes_or_lies_in_what_stays_keeps_nothing(
    inside: str, wishes: Wishes, made: list[str]
) -> None:
    made = made or ALL["made"]
    found = steps(planned(wishes=wishes, inside=[inside], made=made))
    assert "tree|/opt/ollama|" in found


def test_a_swapfile_is_switched_off_before_the_folder_goes_that_it_lies_in() -> None:
    found = steps(planned())
    assert found.index("swap|/swapfile|") < found.index("tree|/opt/ollama|")
