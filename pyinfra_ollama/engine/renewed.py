"""A second connection to a host, made as the first one was: does it still let anybody in?"""

from __future__ import annotations

import gevent  # type: ignore[import-untyped]
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.connectors.ssh import SSHConnector

from pyinfra_ollama.engine.connection import LOST, HostError, Output, root_arguments

__all__ = ["is_over_ssh", "run_over_new_connection"]


def is_over_ssh(host: Host) -> bool:
    """Whether a host is reached over SSH, so that there can be a second connection."""
    return isinstance(host.connector, SSHConnector)


def run_over_new_connection(host: Host, command: StringCommand, *, timeout_seconds: int) -> Output:
    """Connect anew, run one command as the host's data says, and hang up.

    The connection that the host has stays as it is. Raises `HostError` when there is no new one
    within the time, or no answer over it, and for hosts that are not reached over SSH.
    """
    if not is_over_ssh(host):
        raise HostError("the host is not reached over SSH")
    connector = SSHConnector(host.state, host)
    silence = HostError(f"no answer within {timeout_seconds} s")
    given = root_arguments(host) | {"_timeout": timeout_seconds, "_success_exit_codes": [0]}
    try:
        with gevent.Timeout(timeout_seconds, silence):
            connector.connect()
            succeeded, output = connector.run_shell_command(
                command, print_output=False, print_input=False, **given
            )
    except TimeoutError as error:
        raise silence from error
    except (PyinfraError, *LOST) as error:
        raise HostError(str(error) or type(error).__name__) from error
    finally:
        if connector.client is not None:
            connector.client.close()
    return Output(succeeded, output.stdout_lines, output.stderr_lines)
