"""Asking one host how it looks after itself: `monitoring.sh` run by root, and its answer read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.verifier.checks import monitoring as of_monitoring
from pyinfra_ollama.verifier.checks.monitoring import Journal, Monitor, Rotation
from pyinfra_ollama.verifier.reading import sections
from pyinfra_ollama.verifier.results import Result

__all__ = ["Seen", "ask", "examine", "planned", "read"]

ASK_SECONDS = 60
CHECKS = ("monitor", "journal", "log-rotation")


@dataclass(frozen=True)
class Seen:
    """The whole answer; None is unknown."""

    problems: Mapping[str, str]
    monitor: Monitor | None
    journal: Journal | None
    rotation: Rotation | None


def planned() -> tuple[tuple[str, str], ...]:
    """Check and subject of every result `examine` gives, in its order."""
    return tuple((check, "") for check in CHECKS)


def examine(host: Host, declared: Declared) -> Iterator[Result]:
    """Ask a connected host. Raises `HostError` when it gives no answer at all."""
    if declared.monitoring is None:
        return
    seen = ask(host)
    yield of_monitoring.monitor(declared, declared.monitoring, seen.monitor, seen.problems)
    yield of_monitoring.journal(declared.monitoring, seen.journal, seen.problems)
    yield of_monitoring.rotation(declared, declared.monitoring, seen.rotation, seen.problems)


def ask(host: Host) -> Seen:
    """Run the script. Raises `HostError` when the host gives no answer at all."""
    output = run_script(host, _script(), timeout_seconds=ASK_SECONDS)
    if not output.stdout:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise HostError(f"the monitoring was not asked; the host said: {said[:300]}")
    return read(output.stdout)


@cache
def _script() -> str:
    return files(__package__).joinpath("monitoring.sh").read_text(encoding="utf-8")


def read(lines: list[str]) -> Seen:
    """Read the script's output; a cut, failed or damaged section is unknown."""
    said, problems = sections(lines)
    monitor = journal = rotation = None
    try:
        monitor = _monitor(said)
    except (KeyError, ValueError) as error:
        problems.setdefault("monitor", f"unreadable answer ({error})")
    try:
        journal = _journal(said["journal"])
    except (KeyError, ValueError) as error:
        problems.setdefault("journal", f"unreadable answer ({error})")
    try:
        rotation = _rotation(said["rotation"], said["logs"])
    except (KeyError, ValueError) as error:
        problems.setdefault("rotation", f"unreadable answer ({error})")
    return Seen(problems, monitor, journal, rotation)


def _pairs(lines: list[str]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _monitor(said: Mapping[str, list[str]]) -> Monitor:
    timer, service = _pairs(said["timer"]), _pairs(said["monitor"])
    begun = int(service["InactiveExitTimestampMonotonic"]) / 1e6
    until = service.get("Maintenance", "")
    maintenance = until.isdigit() and int(until) > int(service["Now"])
    return Monitor(
        timer=timer["ActiveState"],
        enabled=timer.get("UnitFileState", ""),
        every=timer.get("Every", ""),
        result=service["Result"],
        seconds_ago=float(service["Clock"]) - begun if begun else None,
        maintenance=maintenance,
        configuration=_json(said.get("configuration", [])),
    )


def _json(lines: list[str]) -> dict[str, Any] | None:
    try:
        found = json.loads("\n".join(lines))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _journal(lines: list[str]) -> Journal:
    values = _pairs(lines)
    written = values["Written"]
    return Journal(
        most=values.get("SystemMaxUse", ""),
        retention=values.get("MaxRetentionSec", ""),
        is_read=bool(written) and int(values["Started"]) > int(written),
        used=int(values.get("Used", "0")),
    )


def _rotation(lines: list[str], logs: list[str]) -> Rotation:
    calendar = [line.split("=", 1)[1] for line in lines if line.startswith("OnCalendar=")]
    sizes = (line.split(" ", 1) for line in logs)
    timer = _pairs(lines)
    return Rotation(
        timer=timer["ActiveState"],
        enabled=timer.get("UnitFileState", ""),
        calendar=calendar[-1] if calendar else "",
        errors=tuple(line.split("=", 1)[1] for line in lines if line.startswith("Error=")),
        patterns=tuple(line.split("=", 1)[1] for line in lines if line.startswith("Pattern=")),
        sizes={path: int(count) for count, path in sizes},
    )
