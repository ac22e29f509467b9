"""sudo's password goes first on a command's input, and stands in no command line."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pyinfra.api.command import StringCommand
from pyinfra.api.config import Config
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State
from pyinfra.connectors import local, ssh
from pyinfra.connectors.util import remove_any_sudo_askpass_file

from pyinfra_ollama.settings import Secret

PASSWORD = "can'ary $PATH"


@pytest.fixture
def host() -> Iterator[Host]:
    """This machine, as pyinfra sees it."""
    state = State(Inventory((["@local"], {})), Config())  # type: ignore[no-untyped-call]
    host = next(iter(state.inventory))
    yield host
    remove_any_sudo_askpass_file(host)


def made(host: Host, **arguments: object) -> str:
    """The command line that goes to the host."""
    command = StringCommand("echo", "hello")
    return ssh.make_unix_command_for_host(host.state, host, command, **arguments).get_raw_value()


@pytest.mark.parametrize("password", [PASSWORD, Secret.value(PASSWORD)])
def test_the_password_is_not_in_the_command_line(host: Host, password: object) -> None:
    raw = made(host, _sudo=True, _sudo_password=password, _sudo_user="ollama")
    assert "can" not in raw
    assert raw.first_line == f"{PASSWORD}\n"
    shell, flag, script = shlex.split(raw)
    assert (shell, flag) == ("sh", "-c")
    assert script.startswith("IFS= read -r PYINFRA_SUDO_PASSWORD; export PYINFRA_SUDO_PASSWORD; ")
    assert script.endswith("sudo -H -A -k -u ollama sh -c 'echo hello'")
    # A terminal would echo it, so there pyinfra has its own way.
    assert "PYINFRA_SUDO_PASSWORD='can" in raw.with_terminal


def test_a_password_that_was_asked_for_takes_the_same_way(host: Host) -> None:
    host.connector_data["prompted_sudo_password"] = PASSWORD
    assert made(host, _sudo=True).first_line == f"{PASSWORD}\n"


def test_other_commands_are_pyinfras_own(host: Host) -> None:
    assert made(host) == "sh -c 'echo hello'"
    assert made(host, _sudo=True) == "sudo -H -n sh -c 'echo hello'"
    assert made(host, _sudo=False, _sudo_password=PASSWORD) == "sh -c 'echo hello'"


def test_a_secret_that_is_missing_is_told(host: Host) -> None:
    with pytest.raises(PyinfraError, match="@local: _sudo_password: seen no variable NOT_THERE"):
        made(host, _sudo=True, _sudo_password=Secret.env("NOT_THERE"))


def test_another_pyinfra_keeps_its_own_ways() -> None:
    code = (
        "import importlib.metadata as m; real = m.version; "
        "m.version = lambda name: '3.11.0' if name == 'pyinfra' else real(name); "
        "from pyinfra_ollama import engine; from pyinfra.connectors import ssh; "
        "print(ssh.make_unix_command_for_host.__module__, engine.version_warning())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    module, warning = done.stdout.split(maxsplit=1)
    assert module == "pyinfra.connectors.util"
    assert "passwords are left to pyinfra" in warning


@pytest.mark.parametrize("stdin", ["hello\n", ["hello"], ("hello\n",), io.StringIO("hello\n")])
def test_what_follows_on_the_input_is_the_commands(host: Host, stdin: object) -> None:
    raw = made(host, _sudo=True, _sudo_password=PASSWORD)
    reading = type(raw)("IFS= read -r password; printf '%s|' \"$password\"; cat")
    reading.first_line = raw.first_line
    status, output = local.run_local_process(reading, stdin=stdin)
    assert (status, output.stdout) == (0, f"{PASSWORD}|hello")
