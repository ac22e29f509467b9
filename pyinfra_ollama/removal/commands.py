"""`pyinfra-ollama uninstall`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

# Patches the standard library for gevent; what uses sockets comes after it.
from pyinfra_ollama import engine  # noqa: F401

# isort: split
from pyinfra_ollama.decide.removal.steps import Wishes
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.keeping.showing import stoppable
from pyinfra_ollama.options import ask, inventory_options, open_inventory, say
from pyinfra_ollama.removal import runner
from pyinfra_ollama.removal.results import HostReport, document
from pyinfra_ollama.verifier.runner import load_settings

__all__ = ["lines", "uninstall"]


SCHEMA = 1


@click.command()
@inventory_options
@click.option("--purge-models", is_flag=True, help="Models too, and the user that owns them.")
@click.option("--keep-packages", is_flag=True, help="Leave the packages that were installed.")
@click.option("--plan", "only_plan", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--format", "style", type=click.Choice(("text", "json")), default="text")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=3600.0,
    show_default=True,
    help="Seconds for the whole run; what is open then is unknown.",
)
def uninstall(
    purge_models: bool,
    keep_packages: bool,
    only_plan: bool,
    yes: bool,
    style: str,
    timeout: float,
    verbose: int,
    **given: Any,
) -> Exit:
    """Remove from the hosts of INVENTORY all that this package put there, and nothing else.

    Says what would go and what stays, and asks before anything is removed.
    """
    wishes = Wishes(purge_models=purge_models, keep_packages=keep_packages)
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    report = runner.looked(fleet, settings, wishes, timeout_seconds=timeout)
    shown = {host.name: host.plan for host in report.hosts if host.plan and host.plan.steps}
    # A person who is asked sees what about, wherever the data goes.
    plans = "\n".join(line for host in report.hosts for line in lines(host))
    if style == "text" or not (only_plan or yes or not shown):
        click.echo(plans, err=style == "json")
    if not only_plan and shown:
        if not yes:
            ask(f"Remove all this from {', '.join(shown)}?")
        on_host = _told if style == "text" else None
        fleet = open_inventory(verbose, {**given, "limit": tuple(shown)})
        with stoppable():
            done = runner.removed(
                fleet, settings, wishes, shown, timeout_seconds=timeout, on_host=on_host
            )
        report = report.after(done)
    if style == "json":
        click.echo(json.dumps(report.document(SCHEMA, document), indent=2))
    return report.exit_code


def _told(host: HostReport) -> None:
    words = host.said[-1] if host.said else ""
    click.echo(f"{host.name}  {host.status:<7}  {words} ({host.seconds:.1f} s)")
    for line in host.said[:-1]:
        click.echo(f"    {line}")
    if host.status == "failed":
        say(f"{host.name}: what is left goes with the next uninstall")


def lines(host: HostReport) -> Iterator[str]:
    """A host's plan: what goes, then what stays."""
    if host.plan is None:
        yield f"{host.name}: could not tell: {host.said[-1]}"
        return
    texts = [step.text for step in host.plan.steps if step.text]
    yield f"{host.name}: {f'{len(texts)} steps' if texts else 'nothing of this package is there'}"
    yield from (f"    {text}" for text in texts)
    yield from (f"  stays: {text}" for text in host.plan.stays)
