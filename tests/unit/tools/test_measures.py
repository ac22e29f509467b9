"""Figures of the host, read from files as the kernel writes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ollama_tools import checks, measures
from ollama_tools.checks import Status, human, resources
from ollama_tools.disks import Disk, disks
from ollama_tools.measures import Gpu

from .things import config, seen

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:2CAA 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 2
   2: 0100007F:A1B2 0100007F:2CAA 01 00000000:00000000 00:00000000 00000000     0        0 3
   3: 0100007F:2CAA 0100007F:A1B3 06 00000000:00000000 00:00000000 00000000     0        0 0
"""


def test_connections_are_counted_at_the_server(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/tcp").write_text(TCP)
    assert measures.connections(11434, tmp_path) == 1
    (tmp_path / "net/tcp6").write_text(TCP)
    assert measures.connections(11434, tmp_path) == 2


def test_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  2048 kB\nMemAvailable: 1024 kB\nHugePages: 0\n")
    assert measures.memory(tmp_path) == {"MemTotal": 2 << 20, "MemAvailable": 1 << 20}


def test_a_file_system_counts_once() -> None:
    (disk,) = disks(["/", "/etc", "/nonexistent"])
    assert disk.path == "/"
    assert disk.size > disk.free > 0
    assert (Disk("/", 100, 10, 0).percent, Disk("/", 0, 0, 0).percent) == (90, 0)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Two processes, of 20 and 30 ticks and of 2 and 3 pages."""
    for pid, much in ((7, 2), (8, 3)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / f"{pid}/statm").write_text(f"100 {much} 1 1 0 1 0\n")
        stat = f"{pid} (a (b) c) S {' '.join('0' * 10)} {much * 10} 0 {' '.join('0' * 30)}\n"
        (tmp_path / f"{pid}/stat").write_text(stat)
    return tmp_path


def group(root: Path) -> None:
    """Three processes, one of which ended meanwhile."""
    (root / "system.slice/x.service").mkdir(parents=True)
    (root / "system.slice/x.service/cgroup.procs").write_text("7\n8\n9\n")


UNIT = "/system.slice/x.service"


def test_processor_time(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measures.cpu_percent("", seconds=0) is None
    assert measures.cpu_percent(UNIT, seconds=0, root=proc, proc=proc) is None
    group(proc)
    assert measures.cpu_percent(UNIT, seconds=0.01, root=proc, proc=proc) == 0

    def work(_: float) -> None:
        text = (proc / "7/stat").read_text()
        (proc / "7/stat").write_text(text.replace(" 20 ", " 2000 "))

    monkeypatch.setattr(measures.time, "sleep", work)
    assert (measures.cpu_percent(UNIT, seconds=0, root=proc, proc=proc) or 0) > 100


@pytest.mark.parametrize("kind", ["", "unified", "systemd"])
def test_memory_of_a_units_processes(proc: Path, kind: str) -> None:
    assert measures.group_memory("", proc) is None
    assert measures.group_memory(UNIT, proc) is None
    group(proc / kind)
    assert measures.group_memory(UNIT, proc, proc) == 5 * os.sysconf("SC_PAGE_SIZE")


def test_gpus_of_amd(tmp_path: Path) -> None:
    device = tmp_path / "card0/device"
    device.mkdir(parents=True)
    for name, value in (("used", 5), ("total", 10)):
        (device / f"mem_info_vram_{name}").write_text(f"{value}\n")
    assert measures.gpus(tmp_path) == []
    (device / "gpu_busy_percent").write_text("42\n")
    assert measures.gpus(tmp_path) == [Gpu("card0", 5, 10, 42)]


@pytest.mark.parametrize(
    ("available", "status"), [(11, Status.OK), (10, Status.WARNING), (2, Status.CRITICAL)]
)
def test_thresholds(monkeypatch: pytest.MonkeyPatch, available: int, status: Status) -> None:
    monkeypatch.setattr(
        measures, "memory", lambda: {"MemTotal": 100, "MemAvailable": available, "SwapTotal": 0}
    )
    monkeypatch.setattr(checks, "disks", lambda _: [Disk("/", 100, 100 - 5, 100 - available)])
    monkeypatch.setattr(measures, "connections", lambda _: round(5.12 * (100 - available)))
    found = {check.name: check for check in resources(config(), [seen()], sample=False)}
    assert found["memory"].status == status
    assert found["queue"].status == status
    # Full of inodes is full.
    assert found["disk /"].status == status


def test_sizes_for_people() -> None:
    assert [human(n) for n in (0, 1023, 1 << 20, 5 << 30)] == ["0 B", "1023 B", "1 MiB", "5.0 GiB"]
