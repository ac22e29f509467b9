"""The checks `monitor`, `journal` and `log-rotation`.

LINES is monitoring.sh's output in the form that systemd 252 and logrotate 3.21 document.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.settings import Declared, Monitoring, load
from pyinfra_ollama.verifier.checks import monitoring as checks
from pyinfra_ollama.verifier.monitoring import _script, planned, read
from pyinfra_ollama.verifier.results import Result

TOLD = {
    "memory_percent": 90,
    "disk_percent": 90,
    "queue_percent": 90,
    "repair": True,
    "models": ["a:latest"],
}
LINES = f"""\
@@begin timer
LoadState=loaded
ActiveState=active
UnitFileState=enabled
Every=300
@@end timer 0
@@begin monitor
ActiveState=inactive
Result=success
InactiveExitTimestampMonotonic=100000000
Clock=220.52
Now=1795196600
@@end monitor 0
@@begin configuration
{json.dumps(TOLD, indent=2)}
@@end configuration 0
@@begin journal
SystemMaxUse=1048576K
MaxRetentionSec=30day
Started=1795196580
Written=1795196500
Used=16777216
@@end journal 0
@@begin logs
4096 /var/log/ollama-monitor.log
@@end logs 0
@@begin rotation
ActiveState=active
UnitFileState=enabled
OnCalendar=daily
OnCalendar=
OnCalendar=hourly
Pattern=/var/log/apt/term.log  monthly (12 rotations)
Pattern=/var/log/ollama-monitor.log  after 1 days (14 rotations)
@@end rotation 0
@@done""".splitlines()


def judged(lines: list[str], **more: Any) -> dict[str, Result]:
    declared = Monitoring(**more)
    data = {"ollama": {"models": [{"name": "a"}]}, "monitoring": declared}
    host: Declared = load([("web1", data)])["web1"]
    seen = read(lines)
    return {
        "monitor": checks.monitor(host, declared, seen.monitor, seen.problems),
        "journal": checks.journal(declared, seen.journal, seen.problems),
        "log-rotation": checks.rotation(host, declared, seen.rotation, seen.problems),
    }


def instead(old: str, *new: str, last: bool = False) -> list[str]:
    at = [n for n, line in enumerate(LINES) if line == old][-1 if last else 0]
    return [*LINES[:at], *new, *LINES[at + 1 :]]


def test_a_good_host() -> None:
    found = judged(LINES)
    assert [result.status for result in found.values()] == ["pass"] * 3
    assert tuple(found) == tuple(check for check, _ in planned())
    assert found["monitor"].found == "active, last run 121 s ago"


@pytest.mark.parametrize(
    ("check", "lines", "words"),
    [
        ("monitor", instead("Every=300", "Every=60"), "it runs every 60 s"),
        ("monitor", instead("Result=success", "Result=exit-code"), "ended with exit-code"),
        ("monitor", instead("UnitFileState=enabled", "UnitFileState=disabled"), "start at boot"),
        ("monitor", instead("ActiveState=active", "ActiveState=inactive"), "timer is inactive"),
        ("monitor", instead("Clock=220.52", "Clock=1301.00"), "last run was 1201 s ago"),
        ("monitor", instead('  "disk_percent": 90,', '  "disk_percent": 99,'), "is 99, not 90"),
        ("monitor", instead("{", "{{"), "configuration is missing or damaged"),
        ("journal", instead("SystemMaxUse=1048576K"), "configured are no size and 30day"),
        ("journal", instead("Started=1795196580", "Started=1795196500"), "not read its bounds"),
        ("journal", instead("Written=1795196500", "Written="), "not read its bounds"),
        ("journal", instead("Used=16777216", "Used=1610612736"), "1.5 GiB in use"),
        ("log-rotation", instead("OnCalendar=hourly", "OnCalendar=weekly"), "active, weekly"),
        ("log-rotation", instead("UnitFileState=enabled", last=True), "does not start at boot"),
        ("log-rotation", instead("OnCalendar=hourly", "OnCalendar=hourly", "Error=x:1 bad"), "bad"),
        (
            "log-rotation",
            instead("Pattern=/var/log/ollama-monitor.log  after 1 days (14 rotations)"),
            "/var/log/ollama-monitor.log is not rotated",
        ),
        (
            "log-rotation",
            instead("4096 /var/log/ollama-monitor.log", "209715201 /var/log/ollama-monitor.log"),
            "/var/log/ollama-monitor.log has 200.0 MiB",
        ),
    ],
)
def test_a_damage_turns_one_check_red(check: str, lines: list[str], words: str) -> None:
    found = judged(lines)
    assert [name for name, result in found.items() if result.status == "fail"] == [check]
    assert words in found[check].found
    assert found[check].next


def test_a_timer_that_has_not_run_yet_is_no_fault() -> None:
    first = instead("InactiveExitTimestampMonotonic=100000000", "InactiveExitTimestampMonotonic=0")
    assert judged(first)["monitor"].found == "active, last run not yet"


def test_maintenance_is_a_warning_while_it_lasts() -> None:
    on = instead("Now=1795196600", "Now=1795196600", "Maintenance=1795196700")
    assert judged(on)["monitor"].status == "warn"
    over = instead("Now=1795196600", "Now=1795196600", "Maintenance=1795196600")
    assert judged(over)["monitor"].status == "pass"


@pytest.mark.parametrize(
    ("section", "check"),
    [
        ("timer", "monitor"),
        ("monitor", "monitor"),
        ("journal", "journal"),
        ("logs", "log-rotation"),
    ],
)
def test_what_was_cut_off_is_unknown(section: str, check: str) -> None:
    found = judged(instead(f"@@end {section} 0", f"@@end {section} 1"))
    assert [name for name, r in found.items() if r.status == "unknown"] == [check]
    assert "status 1" in found[check].found


def test_nothing_at_all_is_unknown() -> None:
    assert {result.status for result in judged([]).values()} == {"unknown"}


@pytest.mark.parametrize(("python", "seconds"), [("echo 320.5", 220.5), ("exit 127", 3500.0)])
def test_a_last_run_is_timed_by_the_clock_that_systemd_has(
    tmp_path: Path, python: str, seconds: float
) -> None:
    # After a suspend the time since the boot in /proc/uptime is the longer one.
    programs = {
        "systemctl": "echo InactiveExitTimestampMonotonic=100000000",
        "python3": python,
        "cut": "echo 3600.00",
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    script = _script().replace("PATH=", f"PATH={tmp_path}:", 1)
    lines = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=False
    ).stdout.replace("@@begin monitor\n", "@@begin monitor\nResult=success\n")
    lines = lines.replace("@@begin timer\n", "@@begin timer\nActiveState=active\n")
    found = read(lines.splitlines()).monitor
    assert found is not None
    assert found.seconds_ago == seconds
