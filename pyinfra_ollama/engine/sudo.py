"""sudo's password on the standard input of a command instead of in its argv.

pyinfra 3.10 runs ``env PYINFRA_SUDO_PASSWORD=... sudo -A ...`` through the user's login shell,
so any user of the host can read the password in the process list while the shell starts, and
audit logs keep it. Here the remote shell reads it from the first line of its input into a
variable that only that user and root can see; sudo still asks pyinfra's askpass script for it.
A `Secret` as `_sudo_password` is taken here as well.
"""

from __future__ import annotations

from typing import Any

from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.api.state import State
from pyinfra.connectors import local, ssh, util
from pyinfra.connectors.sshuserclient.client import SSHClient

from pyinfra_ollama.settings import Secret, SecretError

__all__ = ["install"]

VARIABLE = util.SUDO_ASKPASS_ENV_VAR


class _Raw(str):
    """A command line as it is sent, with what goes first on its standard input.

    `with_terminal` is pyinfra's own command line, for a terminal would echo the password.
    """

    first_line: str
    with_terminal: str


class _Reading(StringCommand):
    """A command that reads a password before it starts."""

    def __init__(self, made: StringCommand, askpass: str, password: str, own: StringCommand):
        script = StringCommand(
            f"IFS= read -r {VARIABLE}; export {VARIABLE};",
            StringCommand("SUDO_ASKPASS", QuoteString(askpass), _separator="="),
            made,
        )
        super().__init__("sh", "-c", QuoteString(script))
        self._password = password
        self._own = own

    def get_raw_value(self) -> str:
        raw = _Raw(super().get_raw_value())
        raw.first_line = f"{self._password}\n"
        raw.with_terminal = self._own.get_raw_value()
        return raw


_pyinfra_make = util.make_unix_command_for_host
_pyinfra_exec = SSHClient.exec_command
_pyinfra_run_local = util.run_local_process


def install() -> None:
    """Have commands of SSH hosts and of @local read sudo's password; twice is once."""
    replaced = (
        (ssh, _pyinfra_make.__name__, _make),
        (local, _pyinfra_make.__name__, _make),
        (SSHClient, _pyinfra_exec.__name__, _exec),
        (local, _pyinfra_run_local.__name__, _run_local),
    )
    for owner, name, function in replaced:
        setattr(owner, name, function)


def _make(state: State, host: Host, command: StringCommand, **arguments: Any) -> StringCommand:
    given = arguments.get("_sudo_password") or host.connector_data.get("prompted_sudo_password")
    if not arguments.get("_sudo") or not given:
        return _pyinfra_make(state, host, command, **arguments)
    password = _plain(host, given)
    own = _pyinfra_make(state, host, command, **{**arguments, "_sudo_password": password})
    askpass = util._ensure_sudo_askpass_set_for_host(host, temp_dir=arguments.get("_temp_dir"))
    # Without a path to askpass, pyinfra builds the same command less what sets the variables.
    asking = {**arguments, "_sudo_password": True, "_sudo_askpass_path": None}
    return _Reading(util.make_unix_command(command, **asking), askpass, password, own)


def _plain(host: Host, password: object) -> str:
    try:
        return password.get_secret_value() if isinstance(password, Secret) else str(password)
    except SecretError as error:
        raise PyinfraError(f"{host.name}: _sudo_password: {error}") from None


def _exec(self: Any, command: str, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(command, _Raw):
        return _pyinfra_exec(self, command, *args, **kwargs)
    if kwargs.get("get_pty"):
        return _pyinfra_exec(self, command.with_terminal, *args, **kwargs)
    streams = _pyinfra_exec(self, command, *args, **kwargs)
    streams[0].write(command.first_line)
    return streams


def _run_local(command: str, stdin: Any = None, **rest: Any) -> Any:
    if isinstance(command, _Raw):
        given = stdin.readlines() if hasattr(stdin, "readlines") else stdin or []
        lines = given if isinstance(given, list | tuple) else [given]
        stdin = [command.first_line, *lines]
    return _pyinfra_run_local(command, stdin=stdin, **rest)
