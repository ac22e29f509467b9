"""`ollama-health`: how this host is, as text or JSON, with a monitoring plugin's exit code.

Changes nothing. An ordinary user may run it, and is told less of GPUs where those are closed, and
that a disk is unknown behind a closed folder.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from ollama_tools import checks, units
from ollama_tools.backups import backups
from ollama_tools.checks import Check, Status
from ollama_tools.config import PATH, Config, ConfigError, load
from ollama_tools.maintenance import Maintenance, words
from ollama_tools.units import Unit

__all__ = ["examine", "main"]

TIMER = "ollama-monitor.timer"


def examine(config: Config, *, sample: bool = True) -> list[Check]:
    """Every check, in the order in which they are told."""
    seen = [checks.look(one, seconds=config.answer_seconds) for one in config.services]
    found = list(checks.services(seen))
    server = config.server
    if server is not None and any(one.service is server and one.answers for one in seen):
        found += checks.models(config, server)
    return [
        *found,
        *checks.resources(config, seen, sample=sample),
        *backups(),
        watched(units.show(TIMER, start_seconds=0), Maintenance.read()),
    ]


def watched(timer: Unit, switch: Maintenance | None) -> Check:
    """Whether this host is looked after; maintenance is seen by root only."""
    if timer.verdict == "unknown":
        return Check("monitor", Status.UNKNOWN, timer.text)
    if timer.verdict != "running":
        text = f"{TIMER} is {timer.text}; nothing is mended or told"
        return Check("monitor", Status.WARNING, text)
    text = f"{words(switch)}: nothing is mended or told" if switch else "looks after this host"
    return Check("monitor", Status.OK, text)


def text(found: list[Check]) -> str:
    """One line for all, with performance data behind a bar, then one for each check."""
    status = checks.worst(found)
    wrong = [check.text for check in found if check.status != Status.OK]
    head = "; ".join(wrong) or f"{len(found)} checks are good"
    figures = " ".join(_figures(found))
    lines = [f"OLLAMA {status.name} - {_plain(head)}{f' | {figures}' if figures else ''}"]
    lines += [f"{check.status.name:<8} {check.name}: {_plain(check.text)}" for check in found]
    return "\n".join(lines)


def _plain(words: str) -> str:
    # A bar would begin performance data.
    return words.replace("|", "/")


def _figures(found: Iterable[Check]) -> Iterable[str]:
    for check in found:
        name = re.sub(r"[^A-Za-z0-9]+", "_", check.name).strip("_") or "root"
        for key, value in check.figures.items():
            suffix = {"percent": "%", "bytes": "B", "ms": "ms"}.get(key.rpartition("_")[2], "")
            # Digits and a point are all that the convention knows.
            figure = f"{value:.3f}".rstrip("0").rstrip(".")
            yield f"{name}_{key}={figure}{suffix}"


def document(found: list[Check]) -> dict[str, object]:
    """The same for programs."""
    return {
        "schema": 1,
        "status": checks.worst(found).name.lower(),
        "checks": [
            {
                "name": check.name,
                "status": check.status.name.lower(),
                "text": check.text,
                "figures": dict(check.figures),
            }
            for check in found
        ],
    }


class _Parser(argparse.ArgumentParser):
    """One whose complaints are those of a monitoring plugin: 2 would be critical."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"OLLAMA UNKNOWN - {_plain(message)}", flush=True)
        self.exit(int(Status.UNKNOWN))


def main(arguments: list[str] | None = None) -> int:
    """Print and return the exit code: 0 good, 1 warning, 2 critical, 3 could not tell."""
    parser = _Parser(
        prog="ollama-health",
        description="How this Ollama host is. Exit codes are those of monitoring plugins: 0 good, "
        "1 warning, 2 critical, 3 could not tell.",
    )
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument("--config", type=Path, default=PATH, help="another configuration file")
    given = parser.parse_args(arguments)
    try:
        found = examine(load(given.config))
    except ConfigError as error:
        found = [Check("configuration", Status.UNKNOWN, str(error))]
    except OSError as error:
        found = [Check("host", Status.UNKNOWN, str(error))]
    except KeyboardInterrupt:
        print("ollama-health: interrupted", file=sys.stderr)
        return 130
    print(json.dumps(document(found), indent=2) if given.json else text(found))
    return int(checks.worst(found))
