"""Where a service listens, when nothing does where it was declared to."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ollama_tools import checks
from ollama_tools.repair import decide
from ollama_tools.units import read

from .test_units import NOW, RUNNING
from .things import service

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11
   1: 0100007F:2CAA 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 12
   2: 0100007F:9999 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13
"""
TCP6 = """\
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A x x x 0 0 14
"""


def looked(monkeypatch: pytest.MonkeyPatch, pid: int, port: int) -> checks.Seen:
    """A look at a service that runs as this process and is asked at this port."""
    unit = read("ollama.service", {**RUNNING, "MainPID": str(pid)}, start_seconds=60, now=NOW)
    monkeypatch.setattr(checks, "show", lambda *a, **k: unit)
    return checks.look(service(port), seconds=5)


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_one_that_listens_elsewhere_is_left_alone_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = unused()
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = looked(monkeypatch, os.getpid(), declared)
        port = server.getsockname()[1]
    assert decide(found) is None
    told = list(checks.services([found]))[1]
    assert told.status == checks.Status.CRITICAL
    assert f"127.0.0.1:{port}" in told.text.partition(", not on ")[0]
    assert told.text.endswith(f", not on 127.0.0.1:{declared}; deploy to this host")


def test_one_that_listens_nowhere_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    # A process that ended listens nowhere either.
    found = looked(monkeypatch, 0, unused())
    assert found.answer is not None
    assert found.answer.kind == "refused"
    assert decide(found) is not None


def test_only_listening_sockets_of_the_process_itself_count(tmp_path: Path) -> None:
    from ollama_tools.listening import listening

    (tmp_path / "7/fd").mkdir(parents=True)
    (tmp_path / "7/net").mkdir()
    for number, target in enumerate(("socket:[11]", "socket:[12]", "socket:[14]", "/dev/null")):
        (tmp_path / f"7/fd/{number}").symlink_to(target)
    (tmp_path / "7/net/tcp").write_text(TCP)
    (tmp_path / "7/net/tcp6").write_text(TCP6)
    # 13 is a runner's, which is another process of the same unit.
    assert listening(7, tmp_path) == ["127.0.0.1:11434", "[::1]:443"]
    assert listening(8, tmp_path) == []
