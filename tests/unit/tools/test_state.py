"""What the monitor remembers, who else is at work, and the maintenance switch."""

from __future__ import annotations

from pathlib import Path

import pytest

from ollama_tools import maintenance, output, state
from ollama_tools.maintenance import Maintenance, WrongError, seconds, turn_on
from ollama_tools.state import Memory, Told, alone, deployment

from .things import RAN, figures


def test_memory_lasts_from_run_to_run(tmp_path: Path) -> None:
    memory = Memory(
        {"webhook": Told({"a": [1.5]}, {"a": 3}, ["b"])}, {"u": [1.0]}, {"u": 2}, {"u": 3}
    )
    memory.save(tmp_path)
    assert Memory.load(tmp_path) == memory


@pytest.mark.parametrize("text", ["", "[]", "{", '{"told": 1}', '{"told": {"a": 1.5}}'])
def test_a_damaged_memory_begins_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "memory.json").write_text(text)
    assert Memory.load(tmp_path) == Memory()


def test_two_at_once(tmp_path: Path) -> None:
    with alone(tmp_path) as first, alone(tmp_path) as second:
        assert (first, second) == (True, False)
    with alone(tmp_path) as third:
        assert third


@pytest.mark.parametrize(
    ("text", "wanted"), [("30s", 30), ("90m", 5400), ("2h", 7200), ("30d", 2592000)]
)
def test_durations(text: str, wanted: int) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize("text", ["", "2", "h", "29s", "31d", "-1h", "1.5h", "1h30m", "0h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(WrongError, match="is no duration from 30s to 30d"):
        seconds(text)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, float]:
    """The wall's clock and the clock since the boot; `boots` counts boots."""
    now = {"wall": 5000.0, "boot": 100.0, "boots": 1}
    monkeypatch.setattr(maintenance.time, "time", lambda: now["wall"])
    monkeypatch.setattr(maintenance.state, "boottime", lambda: now["boot"])
    monkeypatch.setattr(maintenance, "_boot", lambda: f"boot-{now['boots']}")
    monkeypatch.setattr(maintenance, "SWITCH", tmp_path / "switch")
    return now


def test_the_switch_ends_by_itself(clocks: dict[str, float]) -> None:
    assert Maintenance.read() is None
    turn_on(60, "a new kernel")
    assert Maintenance.read() == Maintenance(5060.0, "a new kernel")
    assert maintenance.SWITCH.read_text().startswith("5060\na new kernel\n")
    clocks["boot"] += 60
    assert Maintenance.read() is None


@pytest.mark.parametrize("jump", [-4000.0, 1e6])
def test_a_clock_that_jumps_neither_ends_nor_lengthens_it(
    clocks: dict[str, float], jump: float
) -> None:
    turn_on(60, "")
    clocks["wall"] += jump
    assert Maintenance.read() is not None
    clocks["boot"] += 60
    assert Maintenance.read() is None


@pytest.mark.parametrize(("wall", "is_on"), [(5059.0, True), (5060.0, False), (4999.0, False)])
def test_after_a_boot_the_walls_clock_counts(
    clocks: dict[str, float], wall: float, is_on: bool
) -> None:
    turn_on(60, "")
    clocks.update(wall=wall, boot=1.0, boots=2)
    assert (Maintenance.read() is not None) == is_on


@pytest.mark.parametrize("text", ["", "soon", "9999999999\nx\n"])
def test_a_damaged_switch_is_off(clocks: dict[str, float], text: str) -> None:
    maintenance.SWITCH.write_text(text)
    assert Maintenance.read() is None


def test_the_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "maintenance"
    monkeypatch.setattr(maintenance, "SWITCH", path)
    monkeypatch.setattr(maintenance.os, "geteuid", lambda: 0)
    monkeypatch.setattr(Maintenance.read.__func__, "__defaults__", (path,))
    monkeypatch.setattr(output, "TEXTFILES", tmp_path)
    output.textfile(on=False, now=5.0)
    maintenance.switch("2h", "a new\nkernel")
    assert "(a new kernel)" in capsys.readouterr().out
    assert figures(tmp_path) == {RAN: "5", "pyinfra_ollama_maintenance": "1"}
    maintenance.switch("off", "")
    assert capsys.readouterr().out == "no maintenance\n"
    assert figures(tmp_path) == {RAN: "5", "pyinfra_ollama_maintenance": "0"}
    assert not path.exists()
    monkeypatch.setattr(maintenance.os, "geteuid", lambda: 1000)
    with pytest.raises(WrongError, match="only root"):
        maintenance.switch("show", "")


def record(folder: Path, *more: str) -> Path:
    """pyinfra-ollama's own record of a run whose connection is process 77, started at 123."""
    path = folder / "run"
    path.write_text("\n".join(["run=ab", "who=a@b", "holder=77", "started=123", *more]) + "\n")
    stat = folder / "77" / "stat"
    stat.parent.mkdir(exist_ok=True)
    stat.write_text("77 (sshd: a) b) S " + " ".join(["0"] * 18) + " 123 0 0\n")
    return path


def test_a_deployment_at_work_is_known(tmp_path: Path) -> None:
    assert deployment(record(tmp_path), tmp_path) == "a@b"
    assert deployment(record(tmp_path, "ended=5"), tmp_path) is None
    assert deployment(tmp_path / "none", tmp_path) is None
    stale = record(tmp_path)
    stale.write_text(stale.read_text().replace("started=123", "started=122"))
    assert deployment(stale, tmp_path) is None
    gone = record(tmp_path)
    gone.write_text(gone.read_text().replace("holder=77", "holder=78"))
    assert deployment(gone, tmp_path) is None


def test_the_log_is_appended_to_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert output.log(["one"], path) == []
    assert output.log(["two", "three"], path) == []
    assert [line.split(" ", 1)[1] for line in path.read_text().splitlines()] == [
        "one",
        "two",
        "three",
    ]
    assert path.stat().st_mode & 0o007 == 0


def test_a_full_disk_and_a_link_are_told_of(tmp_path: Path) -> None:
    assert output.log(["one"], Path("/dev/full")) == [
        "/dev/full was not written: No space left on device"
    ]
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    assert len(output.log(["one"], link)) == 1
    assert not (tmp_path / "elsewhere").exists()


def test_times_do_not_follow_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    before = state.boottime()
    monkeypatch.setattr(state.time, "time", lambda: 0.0)
    assert state.boottime() >= before
