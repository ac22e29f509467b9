"""The maintenance switch: for a while nothing is mended or told of. It ends by itself.

It lasts over boots. Within the boot in which it was turned on the clock since the boot counts, so
a clock that jumps neither ends nor lengthens it; after a boot only the wall's clock is left, and
one that is before the moment in which the switch was turned on ends it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ollama_tools import output, state

__all__ = ["Maintenance", "WrongError", "add_options", "seconds", "switch", "words"]

SWITCH = Path("/var/lib/pyinfra-ollama/maintenance")
BOOT = Path("/proc/sys/kernel/random/boot_id")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST_SECONDS = 30 * 86400


class WrongError(Exception):
    """What a person got wrong; the text says what is accepted."""


@dataclass(frozen=True)
class Maintenance:
    """Until when (seconds since the epoch) nothing is mended or told of, and why."""

    until: float
    reason: str

    @classmethod
    def read(cls, path: Path | None = None) -> Maintenance | None:
        """The switch, when it is on; an unreadable one is off."""
        try:
            until, reason, begun, boot, end = (path or SWITCH).read_text("utf-8").splitlines()
            left, now = float(end) - state.boottime(), time.time()
            if boot != _boot():
                left = float(until) - now if now >= float(begun) else 0.0
        except (OSError, ValueError):
            return None
        return cls(now + left, reason) if left > 0 else None


def turn_on(seconds: int, reason: str, path: Path | None = None) -> None:
    """Have it on for so long. The first line is for others who look: when it ends."""
    now = time.time()
    end = state.boottime() + seconds
    words = f"{now + seconds:.0f}\n{reason}\n{now:.0f}\n{_boot()}\n{end:.0f}\n"
    state.replace(path or SWITCH, words)


def _boot() -> str:
    return BOOT.read_text(encoding="ascii").strip()


def add_options(parser: argparse.ArgumentParser) -> None:
    """The switch's own options."""
    parser.add_argument(
        "--maintenance",
        metavar="2h|off|show",
        help="for this long (30s to 30d) mend nothing and tell nobody; off ends it",
    )
    parser.add_argument("--reason", default="", help="why, for others who look")


def seconds(text: str) -> int:
    """'90s', '30m', '2h', '1d'. Raises `WrongError`."""
    match = re.fullmatch(r"([1-9][0-9]{0,6})([smhd])", text.strip())
    found = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 30 <= found <= MOST_SECONDS:
        raise WrongError(f"{text!r} is no duration from 30s to 30d, such as 30m, 2h or 1d")
    return found


def words(found: Maintenance) -> str:
    """For people."""
    until = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(found.until))
    return f"maintenance until {until}" + (f" ({found.reason})" if found.reason else "")


def switch(wanted: str, reason: str) -> int:
    """Turn it on or off, and say how it stands. Raises `WrongError`."""
    if os.geteuid() != 0:
        raise WrongError("only root may switch or see maintenance; try sudo")
    if wanted == "off":
        SWITCH.unlink(missing_ok=True)
    elif wanted != "show":
        turn_on(seconds(wanted), " ".join(reason.split()))
    found = Maintenance.read()
    print(words(found) if found else "no maintenance")
    if wanted != "show":
        # Prometheus has alerts that it holds back, and the monitor's next run may be long from now.
        for failure in output.switched(on=found is not None):
            print(failure, file=sys.stderr)
    return 0
