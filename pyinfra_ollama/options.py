"""What every command that takes an inventory has in common: its options, and opening it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

# Patches the standard library for gevent; what uses sockets comes after it.
from pyinfra_ollama import engine, logs

__all__ = ["ask", "inventory_options", "open_inventory", "report_options", "say"]


def say(text: str) -> None:
    """Talk to the person, who may have sent the data elsewhere."""
    click.echo(text, err=True)


def ask(question: str) -> None:
    """Go on only with a person's yes; what a pipe happens to hold is nobody's answer."""
    if not sys.stdin.isatty():
        say(f"{question} [no: without a terminal nobody is asked; give --yes]")
        raise click.Abort
    click.confirm(question, abort=True, err=True)


def inventory_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and options that pyinfra's own command line has, in its words."""
    for decorate in reversed(
        (
            click.argument("inventory"),
            click.option("--limit", multiple=True, help="Only these hosts or groups."),
            click.option("--data", multiple=True, help="Override data, key=value."),
            click.option("--group-data", multiple=True, help="Further folders of group data."),
            click.option("--config", default="config.py", help="pyinfra's config file."),
            click.option("--sudo", is_flag=True, help="Ask as root with sudo."),
            click.option("--sudo-user", help="Which user to sudo to."),
            click.option("--same-sudo-password", is_flag=True, help="Ask for it once, for all."),
            click.option("--ssh-user", "--user", help="SSH user to connect as."),
            click.option("--ssh-key", "--key", type=click.Path(), help="SSH private key file."),
            click.option("--ssh-port", "--port", type=int, help="SSH port to connect to."),
            click.option("-v", "--verbose", count=True, help="Say more on stderr."),
        )
    ):
        command = decorate(command)
    return command


def report_options(*styles: str, timeout_seconds: float) -> Callable[..., Any]:
    """How a report is written (`styles`, the first by default) and how long it may take."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(
            (
                click.option("--format", "style", type=click.Choice(styles), default=styles[0]),
                click.option(
                    "--output",
                    type=click.Path(path_type=Path),
                    help="Write there, not to stdout.",
                ),
                click.option(
                    "--timeout",
                    type=click.FloatRange(min=0, min_open=True),
                    default=timeout_seconds,
                    show_default=True,
                    help="Seconds for the whole run; what is open then is unknown.",
                ),
            )
        ):
            command = option(command)
        return command

    return decorate


def open_inventory(verbose: int, given: dict[str, Any]) -> engine.Fleet:
    """Set up the log and load the inventory; connects to nothing."""
    logs.to_stderr(verbose)
    warning = engine.version_warning()
    if warning:
        say(f"warning: {warning}")
    return engine.open_fleet(engine.Options(**given))
