"""One run at a time changes a host: the lock is taken before the first change of a run.

It is bound to the run's own connection (scripts/lock.sh), so nothing has to give it back when
a run is killed; one that ends as it should says so when pyinfra disconnects. A run that
changes nothing takes no lock and costs no command; dry runs and the verifier never ask for it.
"""

from __future__ import annotations

import getpass
import os
import socket
import time
from contextlib import suppress
from uuid import uuid4
from weakref import WeakKeyDictionary, WeakSet

from pyinfra import context, logger
from pyinfra.api.host import Host
from pyinfra.api.state import BaseStateCallback, State
from pyinfra.connectors.util import remove_any_sudo_askpass_file

from pyinfra_ollama import engine
from pyinfra_ollama.commands import script
from pyinfra_ollama.decide.lock import Answer, AnswerError, parse
from pyinfra_ollama.facts.snapshot import looked_at
from pyinfra_ollama.refusal import RefusedError

# Whose connection was silent for so long is taken for lost: six times what a holder lets pass.
SILENCE_SECONDS = 60
# How long a command that a killed run left behind is waited for.
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 1.0
ANSWER_SECONDS = 60
RELEASE_SECONDS = 10

_runs: WeakKeyDictionary[State, str] = WeakKeyDictionary()
_held: WeakSet[Host] = WeakSet()


def hold() -> bool:
    """Have the lock of the current host; True when what was decided may be stale.

    Raises `RefusedError` when another run has it: who, and since when.
    """
    # The host itself: `context.host` stands in for whichever host is the current one.
    host: Host = context.ctx_host.get()  # type: ignore[no-untyped-call]
    if host in _held:
        return False
    answer = _taken(host)
    _held.add(host)
    # Has something sent every few seconds, by which the host knows that this run is there.
    engine.give_up_on_silence(host)
    if answer.notice:
        host.log_styled(answer.notice, log_func=logger.warning, fg="yellow")
    return answer.late


def _taken(host: Host) -> Answer:
    deadline = time.monotonic() + PATIENCE_SECONDS
    said = False
    while True:
        answer = _ask(host, "take", str(looked_at()), ANSWER_SECONDS)
        if answer.state != "busy" or time.monotonic() > deadline:
            break
        if not said:
            host.log(f"{answer.notice}; waiting at most {PATIENCE_SECONDS} s for it")
            said = True
        time.sleep(PAUSE_SECONDS)
    if answer.refusal:
        raise RefusedError(answer.refusal)
    return answer


def _ask(host: Host, what: str, looked: str, seconds: int) -> Answer:
    run = _run(host.state)
    try:
        local = str(os.getpid()) if engine.ssh_transport(host) is None else ""
        arguments = (what, run, _myself(), local, str(SILENCE_SECONDS), looked)
        output = engine.run_script(host, script("lock"), *arguments, timeout_seconds=seconds)
        return parse(output.stdout)
    except (engine.HostError, AnswerError) as error:
        raise RefusedError(f"the lock of this host could not be asked for: {error}") from error


def _run(state: State) -> str:
    if state not in _runs:
        _runs[state] = str(uuid4())
        state.add_callback_handler(_Watching())  # type: ignore[no-untyped-call]
    return _runs[state]


def _myself() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"


class _Watching(BaseStateCallback):
    """Follows the connections that locks are bound to."""

    @staticmethod
    def host_connect(state: State, host: Host) -> None:
        # A second connection of a run, as after a reboot: the lock went with the first.
        _held.discard(host)

    @staticmethod
    def host_disconnect(state: State, host: Host) -> None:
        # Interrupted in an operation: its command may still be at work there.
        if host not in _held or host.executing_op_hash is not None:
            return
        _held.discard(host)
        with suppress(RefusedError):
            _ask(host, "release", "0", RELEASE_SECONDS)
        # pyinfra removed it a moment ago; asking made another.
        remove_any_sudo_askpass_file(host)
