"""Uninstalling: an official installation that was taken over is given back."""

from __future__ import annotations

import pytest

from pyinfra_ollama import layout

from .removals import ALL, planned, steps


def test_an_official_installation_is_moved_back_before_its_folder_goes() -> None:
    made = ["official enabled", "official active"]
    found = steps(planned(official=["there"], before=[layout.UNIT_FILE], made=made))
    assert found.index("official|official|") < found.index("tree|/opt/ollama|")
    assert found.index(f"file|{layout.UNIT_FILE}|") < found.index("enable|ollama.service|")
    assert "start|ollama.service|" in found


def test_one_that_was_cut_off_starts_it_as_well() -> None:
    there = [f"foreign {layout.UNIT_FILE}", "folder /var/lib/pyinfra-ollama"]
    made = ["official enabled", "official active"]
    found = planned(paths=there, before=[layout.UNIT_FILE], made=made, units=[], models=[])
    assert "start|ollama.service|" in steps(found)


@pytest.mark.parametrize(
    ("official", "binary"),
    [(["there"], []), ([], [f"foreign {layout.COMMAND}"])],
    ids=["its folder is there", "its binary is back"],
)
def test_one_that_was_cut_off_early_still_gives_it_all_back(
    official: list[str], binary: list[str]
) -> None:
    there = [path for path in ALL["paths"] if layout.COMMAND not in path] + binary
    made = ["official enabled", "official active"]
    found = planned(paths=there, official=official, before=[layout.UNIT_FILE], made=made)
    lines = steps(found)
    assert f"file|{layout.UNIT_FILE}|" in lines
    assert f"away|{layout.UNIT_FILE}|" not in lines
    assert lines.index("enable|ollama.service|") < lines.index("start|ollama.service|")


def test_the_unit_of_an_official_installation_that_is_gone_does_not_come_back() -> None:
    found = steps(planned(before=[layout.UNIT_FILE], made=["official enabled"]))
    assert f"away|{layout.UNIT_FILE}|" in found
    assert not [line for line in found if line.startswith("enable")]
