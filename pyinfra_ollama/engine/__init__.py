"""Everything that leans on pyinfra beyond its public API, in one place.

`inventory` loads an inventory as pyinfra's own command line does, `connection` connects hosts,
runs scripts as root and finds a host's SSH connection, `parallel` works on all hosts at once,
`masking` and `sudo` keep passwords out of what pyinfra prints and runs, `logins` has it take
secrets for SSH, `sending`, `pace` and `interpreter` make it faster, `touching` knows when a host
may have changed, `interrupt` sees to it that Ctrl-C is not lost, `ending` that a lost connection
ends no other host's run.
Importing this package patches the standard library for gevent, as pyinfra's command line does:
import it before anything that uses sockets. Tested with pyinfra 3.10; another 3.x keeps its own
behaviour in all that and gets one warning.
"""

from __future__ import annotations

from importlib.metadata import version

# Patches the standard library, so it must come before what is imported next.
import pyinfra_cli  # type: ignore[import-untyped]  # noqa: F401  # isort: skip
import pyinfra_ollama.engine.interpreter  # noqa: F401  # isort: skip
from pyinfra_ollama.engine import interrupt, logins, masking, pace, sending, sudo, touching
from pyinfra_ollama.engine.another import another_connection
from pyinfra_ollama.engine.connection import (
    HostError,
    asking_arguments,
    connect,
    disconnect,
    is_alive,
    peer_address,
    root_arguments,
    run_command,
    run_script,
    shell_words,
    ssh_transport,
)
from pyinfra_ollama.engine.everyone import everyone
from pyinfra_ollama.engine.inventory import (
    Fleet,
    InventoryError,
    Options,
    host_data,
    open_fleet,
)
from pyinfra_ollama.engine.masking import passwords
from pyinfra_ollama.engine.parallel import each
from pyinfra_ollama.engine.renewed import is_over_ssh, run_over_new_connection
from pyinfra_ollama.engine.silence import give_up_on_silence
from pyinfra_ollama.engine.touching import touches

__all__ = [
    "Fleet",
    "HostError",
    "InventoryError",
    "Options",
    "another_connection",
    "asking_arguments",
    "connect",
    "disconnect",
    "each",
    "everyone",
    "give_up_on_silence",
    "host_data",
    "is_alive",
    "is_over_ssh",
    "open_fleet",
    "passwords",
    "peer_address",
    "root_arguments",
    "run_command",
    "run_over_new_connection",
    "run_script",
    "shell_words",
    "ssh_transport",
    "touches",
    "version_warning",
]

TESTED = "3.10"


def version_warning() -> str | None:
    """One sentence when the installed pyinfra is not the tested one."""
    installed = version("pyinfra")
    if installed == TESTED or installed.startswith(f"{TESTED}."):
        return None
    return (
        f"pyinfra {installed} is installed; this package was tested with {TESTED}.x, so passwords "
        "are left to pyinfra: a host's users see sudo's, and debug output shows them all; and each "
        "operation asks its host anew, which takes longer"
    )


if version_warning() is None:
    for patch in (interrupt, logins, masking, pace, sending, sudo, touching):
        patch.install()
