"""An official installation that is taken over, and moved back, by runs that are killed anywhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.unit.host.scripts import Scripted

OUTSIDE = ("usr/local/bin/ollama", "usr/local/lib/ollama")
INSIDE = ("opt/ollama/releases/official/bin/ollama", "opt/ollama/releases/official/lib/ollama")
# Each program that is started, with all on one disk and with /opt on a disk of its own.
MOMENTS = [(at, False) for at in range(1, 17)] + [(at, True) for at in range(1, 23)]
TOOLS = ("mv", "cp", "rm")


@pytest.fixture
def host(tmp_path: Path) -> Scripted:
    """The official server runs; a release of this package is unpacked beside it."""
    made = Scripted(tmp_path)
    made.put("/opt/ollama/releases/0.33.0/bin/ollama", "new")
    answers = 'echo {\\"version\\":\\"0.33.0\\"}'
    made.program("systemctl", "case $1 in is-active) echo active ;; is-failed) exit 1 ;; esac")
    made.program("curl", answers)
    return made


def installed(host: Scripted, places: tuple[str, str], word: str) -> None:
    host.put(places[0], f"{word} binary", 0o755)
    for name in ("a", "b"):
        host.put(f"{places[1]}/{name}", f"{word} {name}")


def whole(host: Scripted, places: tuple[str, str], word: str) -> bool:
    """Whether all of it is there and nothing else is."""
    binary, library = (host.root / place for place in places)
    found = {file.name: file.read_text() for file in library.glob("*")} if library.is_dir() else {}
    return (
        not binary.is_symlink()
        and binary.is_file()
        and binary.read_text() == f"{word} binary"
        and found == {"a": f"{word} a", "b": f"{word} b"}
        and [file.name for file in binary.parent.iterdir()] == ["ollama"]
        and [file.name for file in library.parent.iterdir()] == ["ollama"]
    )


def take_over(host: Scripted, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    outside = [host.root / place for place in OUTSIDE]
    adopt = outside[1].is_dir() or (outside[0].exists() and not outside[0].is_symlink())
    words = ("0.33.0", "http://127.0.0.1:9", "2", "yes", "yes" if adopt else "no")
    return host.run("activate", *words, kill_at=kill_at)


@pytest.mark.parametrize(("moment", "apart"), MOMENTS)
def test_taking_over_loses_nothing_wherever_it_is_killed(
    host: Scripted, moment: int, apart: bool
) -> None:
    host.deadly(*TOOLS, apart=apart)
    # One that was taken over before is replaced.
    installed(host, INSIDE, "older")
    installed(host, OUTSIDE, "official")
    take_over(host, moment)
    ran = take_over(host)
    assert ran.returncode == 0, ran.stderr
    assert whole(host, INSIDE, "official")
    assert (host.root / OUTSIDE[0]).is_symlink()
    assert not (host.root / OUTSIDE[1]).exists()
    assert not list((host.root / "usr/local/lib").iterdir())


@pytest.mark.parametrize(("moment", "apart"), MOMENTS)
def test_moving_back_loses_nothing_wherever_it_is_killed(
    host: Scripted, moment: int, apart: bool
) -> None:
    host.deadly(*TOOLS, apart=apart)
    installed(host, INSIDE, "official")
    (host.root / "usr/local/lib").mkdir(parents=True)
    (host.root / "usr/local/bin").mkdir(parents=True)
    (host.root / OUTSIDE[0]).symlink_to(f"{host.root}/opt/ollama/current/bin/ollama")
    steps = "official|official|\ntree|/opt/ollama|\n"
    host.run("uninstall", stdin=steps, kill_at=moment)
    if not whole(host, OUTSIDE, "official"):
        # By this the next plan knows of it.
        assert (host.root / "opt/ollama/releases/official").is_dir()
        ran = host.run("uninstall", stdin=steps)
        assert ran.returncode == 0, ran.stderr
    assert whole(host, OUTSIDE, "official")
