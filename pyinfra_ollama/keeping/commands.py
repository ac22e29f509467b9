"""`pyinfra-ollama backup`, `snapshots` and `restore`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

# Patches the standard library for gevent; what uses sockets comes after it.
from pyinfra_ollama import engine

# isort: split
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.keeping import runner
from pyinfra_ollama.keeping.results import Report
from pyinfra_ollama.keeping.showing import show, stoppable
from pyinfra_ollama.options import ask, inventory_options, open_inventory, say
from pyinfra_ollama.planner.showing import templates_here
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.verifier import showing as verifying
from pyinfra_ollama.verifier.runner import load_settings

__all__ = ["backup", "deploy_words", "restore", "snapshots"]

_FORMAT = click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
_SECONDS = click.FloatRange(min=0, min_open=True)


def _timeout(seconds: float) -> Callable[..., Any]:
    words = "Seconds for the whole run; what is open then is unknown."
    return click.option("--timeout", type=_SECONDS, default=seconds, show_default=True, help=words)


@click.command()
@inventory_options
@_FORMAT
@_timeout(runner.LONGEST_SECONDS)
def backup(style: str, timeout: float, verbose: int, **given: Any) -> Exit:
    """Have every host of INVENTORY that declares a backup make one now."""
    fleet, settings = _declared(verbose, given)
    return show(
        lambda on_host: runner.kept(fleet, settings, timeout_seconds=timeout, on_host=on_host),
        style=style,
    ).exit_code


@click.command()
@inventory_options
@_FORMAT
@_timeout(300.0)
def snapshots(style: str, timeout: float, verbose: int, **given: Any) -> Exit:
    """What there is of each host of INVENTORY in the repository it declares."""
    fleet, settings = _declared(verbose, given)
    return show(
        lambda on_host: runner.listed(fleet, settings, timeout_seconds=timeout, on_host=on_host),
        style=style,
    ).exit_code


@click.command()
@inventory_options
@_timeout(runner.LONGEST_SECONDS)
@click.option("--snapshot", default="latest", help="One by its name; the newest without.")
@click.option("--from", "from_host", help="Of this host, by its name in the inventory.")
@click.option("--target", help="Only unpack it in this folder of the host; change nothing else.")
@click.option("--force", is_flag=True, help="Also a snapshot of a newer Ollama.")
@click.option("--no-deploy", is_flag=True, help="Only put back; run deploy.py yourself.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(
    timeout: float,
    snapshot: str,
    from_host: str | None,
    target: str | None,
    force: bool,
    no_deploy: bool,
    yes: bool,
    verbose: int,
    **given: Any,
) -> Exit:
    """Bring back what was kept of the hosts of INVENTORY, deploy to them and verify them.

    Models, the server's key and certificates are put in their places, on hosts that may be bare;
    the rest is made by deploy.py, in whose folder this is run. Ends with the verifier's report.
    """
    templates = templates_here()
    fleet, settings = _declared(verbose, given)
    names = [name for name, one in settings.items() if one.backup]
    if not yes and not target:
        ask(f"Put snapshot {snapshot} in place on {', '.join(names)}?")
    began = time.monotonic()
    options = [snapshot, *_pair("--from", from_host), *_pair("--target", target)]
    options += ["--force"] if force else []
    with stoppable():
        report: Report = show(
            lambda on_host: runner.restored(
                fleet,
                settings,
                templates=templates,
                options=options,
                timeout_seconds=timeout,
                on_host=on_host,
            ),
            style="text",
        )
        good = [host.name for host in report.hosts if host.status == "good"]
        if target or no_deploy or not good:
            return report.exit_code
        code = _worst(report.exit_code, _deployed(good, given, verbose))
        say(f"put back, deployed and verified in {time.monotonic() - began:.0f} s")
        return code


def _deployed(names: Sequence[str], given: Mapping[str, Any], verbose: int) -> Exit:
    """Run deploy.py on these hosts as pyinfra's own command line does, then the verifier."""
    say(f"what is declared is deployed to {', '.join(names)}")
    done = subprocess.run(
        [sys.executable, "-m", "pyinfra", *deploy_words(names, given)], check=False
    )
    if done.returncode:
        say(f"the deployment ended with {done.returncode}; run it again: what was put back stays")
        return Exit.FAILED
    fleet = open_inventory(verbose, {**given, "limit": tuple(names)})
    return verifying.verify(
        fleet,
        load_settings(fleet),
        style="table",
        target=None,
        generate=None,
        outside=True,
        from_host=None,
        timeout_seconds=1800.0,
        talk=None,
    )


def deploy_words(names: Sequence[str], given: Mapping[str, Any]) -> list[str]:
    """pyinfra's command line for these hosts, with the options that this one was given."""
    words = ["-y"]
    for name in names:
        words += ["--limit", name]
    for option in ("data", "group_data"):
        for value in given[option]:
            words += [f"--{option.replace('_', '-')}", value]
    for option in ("config", "sudo_user", "ssh_user", "ssh_key", "ssh_port"):
        words += _pair(f"--{option.replace('_', '-')}", given[option])
    words += [f"--{option.replace('_', '-')}" for option in _FLAGS if given[option]]
    return [*words, given["inventory"], "deploy.py"]


_FLAGS = ("sudo", "same_sudo_password")


def _declared(verbose: int, given: dict[str, Any]) -> tuple[engine.Fleet, dict[str, Declared]]:
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    if not any(one.backup for one in settings.values()):
        raise engine.InventoryError(
            "no host of it declares a backup: write backup = Backup(...) in its group data"
        )
    return fleet, settings


def _pair(option: str, value: object) -> list[str]:
    return [] if value is None else [option, str(value)]


def _worst(one: Exit, other: Exit) -> Exit:
    order = (Exit.FAILED, Exit.UNKNOWN)
    return next((code for code in order if code in (one, other)), Exit.GOOD)
