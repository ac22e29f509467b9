"""The monitoring's part of a host's answer, in the form that systemd 252 documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama.snapshot import SnapshotError, parse
from pyinfra_ollama.snapshot.watching import WatchState

CONVERGED = (Path(__file__).parent / "converged.txt").read_text().splitlines()
ASKED = """\
@@pyinfra-ollama:watch
Id=ollama-monitor.timer
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no
--
Id=ollama-monitor.service
ActiveState=inactive
UnitFileState=static
NeedDaemonReload=no
ExecMainStartTimestamp=Fri 2026-11-20 17:42:00 UTC
--
Id=logrotate.timer
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=no
--
Id=systemd-journald.service
ActiveState=active
UnitFileState=static
NeedDaemonReload=no
ExecMainStartTimestamp=Fri 2026-11-20 17:43:00 UTC
--
Configured=1795196500
@@pyinfra-ollama:end
""".splitlines()


def answer(lines: list[str]) -> WatchState | None:
    return parse([*CONVERGED[: CONVERGED.index("@@pyinfra-ollama:end")], *lines]).watch


def test_a_host_that_is_looked_after() -> None:
    assert answer(ASKED) == WatchState(
        "active", "enabled", False, 1795196580, 1795196500, "active", "enabled"
    )


def test_a_host_that_was_not_asked() -> None:
    assert parse(CONVERGED).watch is None


def test_a_bare_host() -> None:
    bare = [line for line in ASKED if "UnitFileState=enabled" not in line]
    bare = ["Configured=" if "Configured" in line else line for line in bare]
    bare = [line.replace("=active", "=inactive") for line in bare]
    assert answer(bare) == WatchState("inactive", "", False, 1795196580, None, "inactive", "")


def test_a_host_without_systemd() -> None:
    found = answer(["@@pyinfra-ollama:watch", "--", "Configured=", "@@pyinfra-ollama:end"])
    assert found == WatchState("unknown", "", False, None, None, "unknown", "")


def test_one_unit_that_systemd_has_not_read_counts_for_all() -> None:
    at = len(ASKED) - 1 - ASKED[::-1].index("NeedDaemonReload=no")
    found = answer([*ASKED[:at], "NeedDaemonReload=yes", *ASKED[at + 1 :]])
    assert found is not None
    assert found.needs_reload


@pytest.mark.parametrize(
    "missing", ["Configured", "Id=systemd-journald", "Id=ollama-monitor.t", "Id=logrotate"]
)
def test_what_was_cut_off_is_no_answer(missing: str) -> None:
    with pytest.raises(SnapshotError):
        answer([line for line in ASKED if not line.startswith(missing)])
