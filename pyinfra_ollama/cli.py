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
from pyinfra_ollama import __version__, engine, logs

# isort: split
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.output import OutputError, OutputFile
from pyinfra_ollama.settings import HostSettings, SettingsError
from pyinfra_ollama.verifier import showing
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
        code = Exit.USAGE if isinstance(error, click.UsageError) else Exit.FAILED
    except engine.InventoryError as error:
        _say(f"error: {error}")
        code = Exit.USAGE if error.usage else Exit.INVALID
    except SettingsError as error:
        _say(str(error))
        code = Exit.INVALID
    except OutputError as error:
        _say(f"error: {error}")
        code = error.code
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted; nothing on the hosts was changed")
        code = Exit.INTERRUPTED
    sys.exit(int(code))


def _say(text: str) -> None:
    click.echo(text, err=True)


def _inventory_options(command: Callable[..., Any]) -> Callable[..., Any]:
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


def _open(verbose: int, given: dict[str, Any]) -> tuple[engine.Options, engine.Fleet]:
    logs.to_stderr(verbose)
    warning = engine.version_warning()
    if warning:
        _say(f"warning: {warning}")
    options = engine.Options(**given)
    return options, engine.open_fleet(options)


@click.group(cls=_Commands, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="pyinfra-ollama", message="%(prog)s %(version)s")
def main() -> None:
    """Bare machines become verified Ollama servers.

    INVENTORY is what pyinfra takes: a file, host names, @local. Exit codes: 0 good, 1 a check
    failed, 3 could not tell, 64 usage, 78 invalid settings.
    """


@main.command()
@_inventory_options
@click.option("--format", "style", type=click.Choice(["table", "json", "junit"]), default="table")
@click.option("--output", type=click.Path(path_type=Path), help="Write there, not to stdout.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=1800.0,
    show_default=True,
    help="Seconds for the whole run; what is open then is unknown.",
)
@click.option("--no-generate", is_flag=True, help="Load no models.")
def verify(
    style: str,
    output: Path | None,
    timeout: float,
    no_generate: bool,
    verbose: int,
    **given: Any,
) -> Exit:
    """Ask every host of INVENTORY whether it is what its settings declare."""
    target = OutputFile(output) if output else None
    options, fleet = _open(verbose, given)
    settings = load_settings(fleet)
    return showing.verify(
        options,
        fleet,
        settings,
        style=style,
        target=target.write if target else None,
        generate=False if no_generate else None,
        timeout_seconds=timeout,
        talk=_say if verbose else None,
    )


@main.command()
@_inventory_options
def check(verbose: int, **given: Any) -> Exit:
    """Validate the settings of all hosts of INVENTORY; connects to nothing."""
    _, fleet = _open(verbose, given)
    settings = load_settings(fleet)
    for name, one in settings.items():
        click.echo(f"{name}: {_in_a_line(one)}")
    _say(f"the settings of {len(settings)} host{'s' if len(settings) != 1 else ''} are valid")
    return Exit.GOOD


def _in_a_line(settings: HostSettings) -> str:
    models = ", ".join(model.canonical for model in settings.ollama.models) or "no models"
    return f"ollama {settings.ollama.version} at {settings.ollama.base_url}, {models}"
