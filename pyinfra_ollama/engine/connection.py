"""Hosts of a pyinfra state: connecting, running scripts as root, the SSH connection below."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import gevent  # type: ignore[import-untyped]
from paramiko import SSHException, Transport
from pyinfra.api.arguments import CONNECTOR_ARGUMENT_KEYS, pop_global_arguments
from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.connectors.ssh import SSHConnector

__all__ = [
    "HostError",
    "Output",
    "asking_arguments",
    "connect",
    "disconnect",
    "is_alive",
    "peer_address",
    "root_arguments",
    "run_command",
    "run_script",
    "shell_words",
    "ssh_transport",
]

# The name our scripts have in `ps` and in their own messages.
SHELL_NAME = "pyinfra-ollama"

_GRACE_SECONDS = 5

LOST = (SSHException, OSError, EOFError)


class HostError(Exception):
    """A host cannot be reached, or a command there has no answer; the text is the reason."""


@dataclass(frozen=True)
class Output:
    """What a script wrote, and whether it ended with 0."""

    succeeded: bool
    stdout: list[str]
    stderr: list[str]


def connect(host: Host) -> None:
    """Connect with the host's own connector. Raises `HostError`; connected already is fine."""
    try:
        host.connect(show_errors=False, raise_exceptions=True)
    except (PyinfraError, *LOST) as error:
        raise HostError(str(error) or type(error).__name__) from error


def disconnect(host: Host) -> None:
    """Remove what connecting left on the host (sudo's askpass script) and hang up."""
    if not host.connected:
        return
    with suppress(PyinfraError, *LOST), gevent.Timeout(_GRACE_SECONDS, False):
        host.disconnect()
    if isinstance(host.connector, SSHConnector) and host.connector.client is not None:
        host.connector.client.close()


def root_arguments(host: Host) -> dict[str, Any]:
    """The connector arguments of this host: `_sudo`, `_sudo_user`, `_sudo_password`, ...

    From the host's data and pyinfra's config, with the precedence pyinfra gives its operations.
    """
    arguments, _ = pop_global_arguments(host.state, host, {})
    return {key: value for key, value in arguments.items() if key in CONNECTOR_ARGUMENT_KEYS}


def asking_arguments(host: Host) -> dict[str, Any]:
    """The connector arguments with which a fact is asked now: the current operation's, if any."""
    current = host.current_op_global_arguments
    if current is None:
        return root_arguments(host)
    return {key: value for key, value in current.items() if key in CONNECTOR_ARGUMENT_KEYS}


def shell_words(script: str, *arguments: str) -> tuple[object, ...]:
    """What a command is made of that runs shell text with positional arguments."""
    quoted = (QuoteString(argument) for argument in arguments)
    return ("sh", "-c", QuoteString(script), SHELL_NAME, *quoted)


def run_script(host: Host, script: str, *arguments: str, timeout_seconds: int) -> Output:
    """Run shell text with positional arguments; see `run_command`."""
    command = StringCommand(*shell_words(script, *arguments))
    return run_command(host, command, timeout_seconds=timeout_seconds)


def run_command(
    host: Host, command: StringCommand, *, timeout_seconds: int, stdin: list[str] | None = None
) -> Output:
    """Run a command as the host's data says (sudo or not).

    The output is never shown, whatever pyinfra's verbosity. Raises `HostError` when there is no
    answer: the connection is lost, the time is over, sudo asks for a password nobody gave.
    """
    given = root_arguments(host) | {"_timeout": timeout_seconds, "_success_exit_codes": [0]}
    if stdin is not None:
        given["_stdin"] = stdin
    silence = HostError(f"no answer within {timeout_seconds} s")
    try:
        # pyinfra bounds the reading of the output, not the wait for the SSH server to start it.
        with gevent.Timeout(timeout_seconds + _GRACE_SECONDS, silence):
            succeeded, output = host.run_shell_command(
                command, print_output=False, print_input=False, **given
            )
    except TimeoutError as error:
        raise silence from error
    except EOFError as error:
        raise HostError(
            "sudo asks for a password; set _sudo_password in the host's data"
        ) from error
    except (PyinfraError, *LOST) as error:
        raise HostError(f"the connection failed: {str(error) or type(error).__name__}") from error
    return Output(succeeded, output.stdout_lines, output.stderr_lines)


def is_alive(host: Host) -> bool:
    """Whether a connected host still runs commands; False after ten seconds of silence."""
    try:
        return run_script(host, ":", timeout_seconds=10).succeeded
    except HostError:
        return False


def ssh_transport(host: Host) -> Transport | None:
    """The SSH connection of a connected host, or None where commands run right here (@local).

    Raises `HostError` for connectors that have neither.
    """
    if isinstance(host.connector, SSHConnector):
        transport = host.connector.client.get_transport() if host.connector.client else None
        if transport is None:
            raise HostError("the SSH connection is gone")
        return transport
    if type(host.connector).__name__ == "LocalConnector":
        return None
    raise HostError(
        f"the connector {type(host.connector).__name__} gives no way to the host's API; "
        "use SSH or @local"
    )


def peer_address(host: Host) -> str | None:
    """The address this machine reaches the host at; None when local or behind a jump host."""
    transport = ssh_transport(host)
    # Behind a jump host the connection's socket is a channel, or a command's pipes.
    if transport is None or not isinstance(transport.sock, socket.socket):
        return None
    return str(transport.sock.getpeername()[0])
