"""The maintenance switch: for a while nothing is mended or told of. It ends by itself."""

from __future__ import annotations

import argparse
import os
import re
import time

from ollama_tools.state import MAINTENANCE, Maintenance

__all__ = ["WrongError", "add_options", "seconds", "switch", "words"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST_SECONDS = 30 * 86400


class WrongError(Exception):
    """A duration that is none; the text says what is accepted."""


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
        MAINTENANCE.unlink(missing_ok=True)
    elif wanted != "show":
        until = time.time() + seconds(wanted)
        Maintenance(until, " ".join(reason.split())).write()
    found = Maintenance.read()
    print(words(found) if found else "no maintenance")
    return 0
