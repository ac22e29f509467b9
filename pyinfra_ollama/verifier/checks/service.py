"""The unit and its process: `service` and `binary`; whether anything can be asked at all."""

from __future__ import annotations

from collections.abc import Mapping

from pyinfra_ollama.settings import HostSettings, ago, duration_seconds
from pyinfra_ollama.verifier.answers import Probe
from pyinfra_ollama.verifier.checks.base import (
    RELEASES,
    UNIT,
    failed,
    passed,
    skipped,
    unknown,
    warned,
)
from pyinfra_ollama.verifier.results import Result

__all__ = ["binary", "is_down", "service"]

_LOG = f"journalctl -u {UNIT} -n 50 --no-pager"


def is_down(probe: Probe) -> bool:
    """Whether the service certainly does not run, so that its process cannot be asked."""
    return probe.unit is not None and probe.unit.get("MainPID", "0") == "0"


def service(settings: HostSettings, probe: Probe) -> Result:
    """Active, enabled, not flapping, and running what its unit files say."""
    unit = probe.unit
    if unit is None or "ActiveState" not in unit:
        return unknown("service", probe.why("unit"), look=f"systemctl status {UNIT}")
    allowed = settings.verify.max_restarts
    expected = f"active (running), enabled, at most {allowed} restarts, no daemon-reload due"
    restarts = int(unit.get("NRestarts") or 0)
    found = f"{unit['ActiveState']} ({unit.get('SubState', '?')}), {_enabled(unit)}"

    def red(reason: str, look: str) -> Result:
        return failed("service", expected=expected, found=reason, look=look, restarts=restarts)

    if unit.get("LoadState") != "loaded":
        state = unit.get("LoadState", "?")
        return red(f"{UNIT} is {state}", f"systemctl status {UNIT} --no-pager")
    if (unit["ActiveState"], unit.get("SubState")) != ("active", "running"):
        result = unit.get("Result", "success")
        more = "" if result == "success" else f", last result {result}"
        return red(found + more, _LOG)
    if unit.get("UnitFileState") not in ("enabled", "enabled-runtime"):
        return red(f"{found}: it will not start at boot", f"systemctl enable {UNIT}")
    if unit.get("NeedDaemonReload") == "yes":
        look = f"systemctl cat {UNIT}"
        return red(f"{found}; unit files changed since they were loaded", look)
    if restarts > allowed:
        found = f"{found}; restarted {restarts} times by itself"
        age, window = _age(probe), duration_seconds(settings.verify.restart_window)
        if age is None or age < window:
            return red(found, _LOG)
        return warned("service", expected=expected, found=f"{found}, last {ago(age)}", look=_LOG)
    return passed("service", found, expected=expected, restarts=restarts)


def _age(probe: Probe) -> int | None:
    return probe.process.age if probe.process else None


def _enabled(unit: Mapping[str, str]) -> str:
    return unit.get("UnitFileState") or "not enabled"


def binary(settings: HostSettings, probe: Probe, version: Result) -> Result:
    """The running file is the declared release's, and still the one on disk."""
    if probe.process is None:
        return unknown("binary", probe.why("process"))
    exe = probe.process.exe
    expected = f"{RELEASES}/{settings.ollama.version}/bin/ollama"
    look = f"readlink /proc/$(systemctl show -p MainPID --value {UNIT})/exe"
    if exe == expected:
        return passed("binary", exe, expected=expected)
    if exe.endswith(" (deleted)"):
        found = f"{exe}: replaced on disk since the start"
        return failed("binary", expected=expected, found=found, look=look)
    if version.status == "fail":
        return skipped("binary", f"{exe} runs; its version is red already")
    return failed("binary", expected=expected, found=exe, look=look)
