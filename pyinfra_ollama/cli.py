"""`pyinfra-ollama`: parse, call, print. stdout is data, stderr is talk; see exits.py."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click
import gevent  # type: ignore[import-untyped]

# Patches the standard library for gevent; what uses sockets comes after it.
from pyinfra_ollama import __version__, engine

# isort: split
from pyinfra_ollama.attending import debug, logs
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.keeping.commands import backup, restore, snapshots
from pyinfra_ollama.options import inventory_options, open_inventory, report_options, say
from pyinfra_ollama.output import OutputError, OutputFile
from pyinfra_ollama.planner import showing as planning
from pyinfra_ollama.removal.commands import uninstall
from pyinfra_ollama.settings import Declared, SettingsError
from pyinfra_ollama.verifier import showing as verifying
from pyinfra_ollama.verifier.runner import load_settings

__all__ = ["main"]

_CONTEXT = {"help_option_names": ["-h", "--help"]}


class _Commands(click.Group):
    """click's group with the exit codes of exits.py, and one line for what people get wrong."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        call = partial(super().main, *args, standalone_mode=False, **extra)
        return _mapped(call) if standalone_mode else call()


def _mapped(call: Callable[[], Any]) -> NoReturn:
    """Call, say on stderr what went wrong, and leave with the code the table gives it."""
    hub = gevent.get_hub()
    # Ctrl-C reaches the main greenlet either way; this keeps the hub from printing it as well.
    hub.NOT_ERROR = (*hub.NOT_ERROR, KeyboardInterrupt)
    try:
        code = Exit(call() or 0)
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE if isinstance(error, click.UsageError) else Exit(error.exit_code)
    except engine.InventoryError as error:
        say(f"error: {error}")
        code = Exit.USAGE if error.usage else Exit.INVALID
    except engine.HostError as error:
        say(f"error: {error}")
        code = Exit.UNKNOWN
    except SettingsError as error:
        say(str(error))
        code = Exit.INVALID
    except OutputError as error:
        say(f"error: {error}")
        code = error.code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted; nothing on the hosts was changed")
        code = Exit.INTERRUPTED
    sys.exit(int(code))


@click.group(cls=_Commands, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="pyinfra-ollama", message="%(prog)s %(version)s")
def main() -> None:
    """Bare machines become verified Ollama servers.

    INVENTORY is what pyinfra takes: a file, host names, @local. Exit codes: 0 good, 1 a check
    failed, 2 changes are pending (plan), 3 could not tell, 64 usage, 78 invalid settings.
    """


main.add_command(debug)
main.add_command(logs)


@main.command()
@inventory_options
@report_options("table", "json", "junit", timeout_seconds=1800.0)
@click.option("--no-generate", is_flag=True, help="Load no models.")
@click.option("--inside", is_flag=True, help="Look at no host from outside.")
@click.option("--from", "from_host", help="Look from this host of INVENTORY at the others.")
def verify(
    style: str,
    output: Path | None,
    timeout: float,
    no_generate: bool,
    inside: bool,
    from_host: str | None,
    verbose: int,
    **given: Any,
) -> Exit:
    """Ask every host of INVENTORY whether it is what its settings declare."""
    if inside and from_host:
        raise click.UsageError("--inside looks at nothing from outside, so --from has no use")
    target = OutputFile(output) if output else None
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    return verifying.verify(
        fleet,
        settings,
        style=style,
        target=target.write if target else None,
        generate=False if no_generate else None,
        outside=not inside,
        from_host=from_host,
        timeout_seconds=timeout,
        talk=say if verbose else None,
    )


@main.command()
@inventory_options
@report_options("text", "markdown", "json", timeout_seconds=600.0)
def plan(style: str, output: Path | None, timeout: float, verbose: int, **given: Any) -> Exit:
    """Foretell what a run of deploy.py would change on the hosts of INVENTORY; changes nothing.

    Run it in the folder of deploy.py.
    """
    target = OutputFile(output) if output else None
    templates = planning.templates_here()
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    return planning.plan(
        fleet,
        settings,
        templates=templates,
        style=style,
        target=target.write if target else None,
        timeout_seconds=timeout,
        talk=say if verbose else None,
    )


for further in (backup, snapshots, restore, uninstall):
    main.add_command(further)


@main.command()
@inventory_options
def check(verbose: int, **given: Any) -> Exit:
    """Validate the settings of all hosts of INVENTORY; connects to nothing."""
    fleet = open_inventory(verbose, given)
    settings = load_settings(fleet)
    for name, one in settings.items():
        click.echo(f"{name}: {_in_a_line(one)}")
    say(f"the settings of {len(settings)} host{'s' if len(settings) != 1 else ''} are valid")
    return Exit.GOOD


def _in_a_line(declared: Declared) -> str:
    roles = []
    if declared.server:
        ollama = declared.server.ollama
        models = ", ".join(model.canonical for model in ollama.models) or "no models"
        roles.append(f"ollama {ollama.version} at {ollama.base_url}, {models}")
    if declared.gateway:
        backends = ", ".join(backend.name for backend in declared.gateway.backends)
        roles.append(f"a gateway on port {declared.gateway.gateway.main_port} to {backends}")
    if declared.monitoring:
        roles.append(f"looks after itself every {declared.monitoring.interval}")
    if declared.backup:
        roles.append(f"a backup to {declared.backup.repository.place(declared.name)}")
    return "; ".join(roles)
