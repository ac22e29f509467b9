"""What systemd's words mean for whoever would start a unit."""

from __future__ import annotations

import pytest

from ollama_tools.units import read

NOW = 10_000.0
RUNNING = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "Result": "success",
    "UnitFileState": "enabled",
    "Restart": "on-failure",
    "NRestarts": "0",
    "ControlGroup": "/system.slice/ollama.service",
    "ActiveEnterTimestampMonotonic": "1000000000",
    "InactiveEnterTimestampMonotonic": "0",
    "InactiveExitTimestampMonotonic": "1000000000",
}
STOPPED = {"ActiveState": "inactive", "SubState": "dead"}
FAILED = {"ActiveState": "failed", "SubState": "failed"}
# It was begun after it was last up.
NEVER_UP = {"InactiveExitTimestampMonotonic": "1000000001"}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "running"),
        ({"ActiveEnterTimestampMonotonic": "9990000000"}, "starting"),
        ({"ActiveState": "reloading"}, "running"),
        ({"ActiveState": "activating", "SubState": "auto-restart"}, "between"),
        ({"ActiveState": "deactivating"}, "between"),
        (STOPPED, "stopped"),
        ({**STOPPED, "UnitFileState": "disabled"}, "disabled"),
        ({**STOPPED, "LoadState": "masked"}, "disabled"),
        ({"LoadState": "not-found", **STOPPED}, "missing"),
        ({**STOPPED, "InactiveExitTimestampMonotonic": "0"}, "down"),
        # systemd gave up on a unit that restarts by itself, whatever it calls the last failure.
        ({**FAILED, "Result": "exit-code", "NRestarts": "5"}, "looping"),
        ({**FAILED, "Result": "start-limit-hit"}, "looping"),
        # nginx of Debian does not restart by itself.
        ({**FAILED, "Result": "signal", "Restart": "no"}, "down"),
        ({**FAILED, "Result": "resources"}, "down"),
        ({**FAILED, "Result": "timeout"}, "stopped"),
        # It was up, so it is the stop that took too long: a person's, whatever came before.
        ({**FAILED, "Result": "timeout", "Restart": "no"}, "stopped"),
        ({**FAILED, "Result": "timeout", "NRestarts": "2"}, "stopped"),
        # It was not: the start took too long.
        ({**FAILED, "Result": "timeout", "Restart": "no", **NEVER_UP}, "down"),
        ({**FAILED, "Result": "timeout", "NRestarts": "2", **NEVER_UP}, "looping"),
        ({**FAILED, "Result": "signal", "Restart": "no", "UnitFileState": "disabled"}, "disabled"),
    ],
)
def test_verdicts(changes: dict[str, str], verdict: str) -> None:
    assert read("x", {**RUNNING, **changes}, start_seconds=60, now=NOW).verdict == verdict


def test_what_else_is_told() -> None:
    found = read("x", {**RUNNING, "NRestarts": "2"}, start_seconds=60, now=NOW)
    assert (found.restarts, found.active_seconds) == (2, 9000.0)
    assert found.cgroup == "/system.slice/ollama.service"
    stopped = read("x", {**RUNNING, **STOPPED}, start_seconds=60, now=NOW)
    assert stopped.active_seconds is None
