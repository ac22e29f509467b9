"""Units as systemd sees them, and what that means.

Outside behaviour relied on (systemd 252 and 257): `systemctl show -p` prints KEY=VALUE; a unit
that `systemctl stop` ended, or whose program ended well by itself, is `inactive` with
Result=success; one that was never started since the boot has no timestamps. A unit that restarts
by itself (Restart=) is `failed` only when systemd gave up; Result then often is that of the last
failure, not start-limit-hit. A start and a stop that take too long both are Result=timeout.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Unit", "Verdict", "change", "read", "show"]

Verdict = Literal[
    "running", "starting", "between", "stopped", "down", "looping", "disabled", "missing", "unknown"
]
ASKED = (
    "LoadState,ActiveState,SubState,Result,UnitFileState,Restart,NRestarts,ControlGroup,MainPID,"
    "ActiveEnterTimestampMonotonic,InactiveEnterTimestampMonotonic,InactiveExitTimestampMonotonic"
)
SHOW_SECONDS = 20


@dataclass(frozen=True)
class Unit:
    """`active_seconds`: since it became active; None while it is not. `pid`: main process, or 0."""

    name: str
    verdict: Verdict
    text: str
    restarts: int = 0
    cgroup: str = ""
    active_seconds: float | None = None
    pid: int = 0


def show(name: str, *, start_seconds: float) -> Unit:
    """Ask systemd about a unit; never raises."""
    try:
        run = subprocess.run(
            ["systemctl", "show", name, "-p", ASKED],
            capture_output=True,
            text=True,
            timeout=SHOW_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Unit(name, "unknown", f"systemd does not answer: {error}")
    said = dict(line.split("=", 1) for line in run.stdout.splitlines() if "=" in line)
    if "ActiveState" not in said:
        reason = " ".join(run.stderr.split()) or "nothing"
        return Unit(name, "unknown", f"systemd does not know {name}; it said: {reason}")
    return read(
        name, said, start_seconds=start_seconds, now=time.clock_gettime(time.CLOCK_MONOTONIC)
    )


def read(name: str, said: Mapping[str, str], *, start_seconds: float, now: float) -> Unit:
    """What systemd's words mean; `now` is in seconds of its monotonic clock."""
    entered = _seconds(said, "ActiveEnterTimestampMonotonic")
    age = now - entered if entered and said["ActiveState"] == "active" else None
    verdict, text = _verdict(said, age, start_seconds)
    return Unit(
        name=name,
        verdict=verdict,
        text=text,
        restarts=_restarted(said),
        cgroup=said.get("ControlGroup", ""),
        active_seconds=age,
        pid=int(said.get("MainPID") or 0),
    )


def _verdict(
    said: Mapping[str, str], age: float | None, start_seconds: float
) -> tuple[Verdict, str]:
    active, result = said["ActiveState"], said.get("Result", "")
    state = f"{active} ({said.get('SubState', '?')})"
    if said.get("LoadState") == "masked" or said.get("UnitFileState") == "masked":
        return "disabled", "masked"
    if said.get("LoadState") != "loaded":
        return "missing", f"not there: its unit is {said.get('LoadState', 'unknown')}"
    if active in ("active", "reloading"):
        young = age is not None and age < start_seconds
        return ("starting" if young else "running"), state
    if active in ("activating", "deactivating"):
        return "between", state
    restarts = said.get("Restart", "no") != "no"
    killed = f"{state}: it was stopped, and had to be killed"
    if active == "failed" and result == "timeout" and _was_up(said):
        return "stopped", killed
    if result == "start-limit-hit" or (active == "failed" and restarts and _restarted(said)):
        return "looping", f"{state}: {result}; it failed in a loop and systemd gave up"
    if said.get("UnitFileState") not in ("enabled", "enabled-runtime"):
        return "disabled", f"{state}, not enabled"
    if active == "failed" and restarts and result == "timeout":
        return "stopped", killed
    if active == "failed":
        return "down", f"{state}: {result}"
    if not _seconds(said, "InactiveExitTimestampMonotonic"):
        return "down", f"{state}: not started since the boot"
    return "stopped", f"{state}: it was stopped, or ended well"


def _was_up(said: Mapping[str, str]) -> bool:
    """Whether it became active since it was last begun, so that a timeout is of its stop."""
    entered = _seconds(said, "ActiveEnterTimestampMonotonic")
    return bool(entered) and entered >= _seconds(said, "InactiveExitTimestampMonotonic")


def _restarted(said: Mapping[str, str]) -> int:
    return int(said.get("NRestarts") or 0)


def _seconds(said: Mapping[str, str], key: str) -> float:
    return int(said.get(key) or 0) / 1e6


def change(verb: str, name: str, *, seconds: float) -> str:
    """`systemctl start`, `try-restart` or `reset-failed`; what went wrong, or nothing."""
    try:
        run = subprocess.run(
            ["systemctl", verb, name], capture_output=True, text=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if run.returncode == 0 else " ".join(run.stderr.split()) or "systemctl failed"
