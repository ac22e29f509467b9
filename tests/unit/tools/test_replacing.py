"""Files are replaced whole, also where an ordinary user owns the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from ollama_tools import output, state


def test_nothing_is_written_through_a_link_that_lies_ready(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("as it was")
    (tmp_path / "precious").chmod(0o600)
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / f".{output.NAME}.new").symlink_to(tmp_path / "precious")
    assert output.textfile(on=True, folder=folder, now=5.0) == []
    assert (tmp_path / "precious").read_text() == "as it was"
    assert (tmp_path / "precious").stat().st_mode & 0o777 == 0o600
    assert not (folder / output.NAME).is_symlink()


def test_a_folder_that_is_a_link_gets_no_figures(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "figures").symlink_to(tmp_path / "elsewhere")
    (said,) = output.textfile(on=True, folder=tmp_path / "figures", now=5.0)
    path = tmp_path / "figures" / output.NAME
    assert said == f"{path} was not written: its folder is a link; put a folder there"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_a_killed_one_left_goes(tmp_path: Path) -> None:
    (tmp_path / ".a.1234").write_text("half")
    (tmp_path / ".ab.1234").write_text("another's")
    state.replace(tmp_path / "a", "whole", mode=0o644)
    assert {path.name for path in tmp_path.iterdir()} == {"a", ".ab.1234"}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
    # Whatever the umask, for root only unless it says otherwise.
    state.replace(tmp_path / "a", "again")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        state.replace(tmp_path / "a", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
