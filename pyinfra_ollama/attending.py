"""`pyinfra-ollama debug` and `pyinfra-ollama logs`: looking closer at hosts that serve."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pyinfra_ollama import collecting, debugging
from pyinfra_ollama.collecting import Collected
from pyinfra_ollama.debugging import Switched
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.options import ask, inventory_options, open_inventory, say
from pyinfra_ollama.output import OutputError
from pyinfra_ollama.verifier.runner import load_settings

__all__ = ["debug", "logs"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _span(most_hours: int) -> Callable[[click.Context, click.Parameter, str], int]:
    """Return what turns 90s, 30m, 1h or 2d into seconds, for an option."""

    def convert(context: click.Context, option: click.Parameter, value: str) -> int:
        match = re.fullmatch(r"([1-9][0-9]{0,6})([smhd])", value.strip())
        seconds = int(match[1]) * _UNITS[match[2]] if match else 0
        if not 30 <= seconds <= most_hours * 3600:
            accepted = f"a duration from 30s to {most_hours}h, such as 30m or 2h"
            raise click.BadParameter(f"{value!r} is not {accepted}", context, option)
        return seconds

    return convert


@click.command()
@inventory_options
@click.option(
    "--for",
    "seconds",
    metavar="DURATION",
    callback=_span(24),
    default="30m",
    show_default=True,
    help="How long, from 30s to 24h.",
)
@click.option("--trace", is_flag=True, help="Log everything: OLLAMA_DEBUG=2.")
@click.option("--off", is_flag=True, help="End it now.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def debug(seconds: int, trace: bool, off: bool, yes: bool, verbose: int, **given: Any) -> Exit:
    """Have the servers of INVENTORY log more for a while.

    Restarts Ollama, now and at the end, which cuts answers in progress. It ends by itself, whatever
    becomes of this machine, and with a boot. With `debug=1` in group data it is there for good.
    """
    if off and trace:
        raise click.UsageError("--off ends debug mode, so --trace has no use")
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    if not yes:
        hosts = f"{len(fleet.hosts)} host{'s' if len(fleet.hosts) != 1 else ''}"
        now = "" if off else ", now and at the end"
        question = f"Ollama on {hosts} is restarted{now}, which cuts answers in progress. Go on?"
        ask(question)

    def on_host(one: Switched) -> None:
        click.echo(
            f"{one.name}  {'ok' if one.good else 'failed' if one.told else 'unknown'}  {one.text}"
        )

    level = 2 if trace else 1
    try:
        found = debugging.switch(
            fleet, settings, on=not off, seconds=seconds, level=level, on_host=on_host
        )
    except KeyboardInterrupt:
        say("interrupted; hosts that were not told of may be in debug mode, which ends by itself")
        return Exit.INTERRUPTED
    return debugging.exit_code(found)


@click.command()
@inventory_options
@click.option(
    "--since",
    metavar="DURATION",
    callback=_span(30 * 24),
    default="1h",
    show_default=True,
    help="How far back, from 30s to 30d.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder for the archives; it is made when it is not there.",
)
@click.option("--timeout", type=click.FloatRange(min=1), default=600.0, show_default=True)
def logs(since: int, folder: Path, timeout: float, verbose: int, **given: Any) -> Exit:
    """Write an archive of logs and state of each host of INVENTORY, for a bug report.

    Declared secrets and what looks like one are masked. Addresses of the gateway's clients are
    in it: read it before it leaves your hands.
    """
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"--output {folder}: {error.strerror}", Exit.USAGE) from error

    def on_host(one: Collected) -> None:
        if one.path is not None:
            click.echo(str(one.path))
        else:
            say(f"{one.name}: {one.reason}")

    found = collecting.collect(
        fleet,
        settings,
        since=f"-{since}s",
        folder=folder,
        timeout_seconds=timeout,
        on_host=on_host,
    )
    return Exit.GOOD if all(one.path for one in found) else Exit.UNKNOWN
