"""Planning for a person or a pipe: the right format, once all hosts have answered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from pyinfra_ollama import engine, layout
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.planner.reporters import RENDERERS
from pyinfra_ollama.planner.reporters.text import lines
from pyinfra_ollama.planner.reporters.words import summary
from pyinfra_ollama.planner.results import HostReport
from pyinfra_ollama.planner.runner import plan_fleet
from pyinfra_ollama.settings import Declared

__all__ = ["plan", "templates_here"]


def templates_here() -> Path:
    """The templates that a run started in this folder would use; InventoryError without any."""
    folder = Path.cwd() / "templates"
    needed = folder / f"{layout.UNIT_FILE[1:]}.j2"
    if not needed.is_file():
        raise engine.InventoryError(
            f"there is no {needed}: run plan in the folder that deploy.py and templates/ are in, "
            "as pyinfra itself",
            usage=True,
        )
    return folder


def plan(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    templates: Path,
    style: str,
    target: Callable[[str], None] | None,
    timeout_seconds: float,
    talk: Callable[[str], None] | None,
) -> Exit:
    """Plan and show; the exit code is the report's.

    + style: text, markdown or json; text has colours on a terminal
    + target: takes the data; None for stdout
    + talk: told each host as it is done; None for silence
    """

    def on_host(host: HostReport) -> None:
        if talk is not None:
            talk(f"{host.name}  {host.status}  ({host.seconds:.1f} s)")

    report = plan_fleet(
        fleet, settings, templates=templates, timeout_seconds=timeout_seconds, on_host=on_host
    )
    console = Console(highlight=False)
    if target is not None:
        target(RENDERERS[style](report))
    elif style == "text" and console.is_terminal:
        for line, colours in lines(report):
            console.print(Text(line, colours), soft_wrap=True)
    else:
        sys.stdout.write(RENDERERS[style](report))
    if target is not None or style != "text":
        click.echo(summary(report), err=True)
    return report.exit_code
