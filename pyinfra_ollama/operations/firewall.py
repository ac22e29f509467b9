"""The firewall: rules on trial, kept when a new SSH connection comes through them."""

from __future__ import annotations

import secrets
from typing import Any

from pyinfra import context, logger
from pyinfra.api.command import FunctionCommand
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.firewall import todo
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question

# Our choice: a new connection takes a second or two, and a minute without a host is bearable.
TRIAL_SECONDS = 60
# pyinfra gives up connecting after 10 s; what is left is for a slow sudo.
CONFIRM_SECONDS = 25
UNDO = "/run/pyinfra-ollama-firewall/undo"


@host_operation
def firewall(*, declared: Declared) -> Steps:
    """
    Have ufw deny what comes in but for SSH, what is declared and what is opened.

    + declared: what the host is declared to be; without `firewall` nothing is touched

    The new rules are kept when a new SSH connection comes through them; otherwise the host has
    its old ones back at once, and after a minute even if this program is gone.
    """
    work = todo(declared, look(whole_question(declared)))
    if work is None or work.nothing:
        context.host.noop("the firewall is as declared")
        return
    if not engine.is_over_ssh(context.host):
        raise RefusedError(
            "a firewall is only changed over SSH, because a new connection must show that the host "
            "can still be reached: deploy from another machine, or remove the declaration firewall"
        )
    trial = secrets.token_hex(8)
    ipv6 = "yes" if work.ipv6 else "no"
    yield quiet("stamp", STAMP, "")
    yield shown("ufw", str(TRIAL_SECONDS), trial, ipv6, *work.arguments)
    yield FunctionCommand(confirm, [trial], {})


def confirm(state: Any, host: Host, trial: str) -> bool:
    """Keep the rules that are on trial, over a new connection; without one, undo them now."""
    try:
        kept = engine.run_over_new_connection(
            host, quiet("ufw-keep", trial), timeout_seconds=CONFIRM_SECONDS
        )
        reason = " ".join(kept.stderr).strip() or "it was not confirmed"
    except engine.HostError as error:
        kept, reason = None, f"no new SSH connection comes through the new rules: {error}"
    if kept is not None and kept.succeeded:
        host.log_styled("confirmed by a new SSH connection", log_func=logger.info, fg="green")
        return True
    message = f"{reason}; {_undone(host, trial)}"
    host.log_styled(message, log_func=logger.error, fg="red")
    return False


def _undone(host: Host, trial: str) -> str:
    soon = f"the host undoes them by itself within {TRIAL_SECONDS} s"
    try:
        undone = engine.run_script(
            host, f"[ ! -e {UNDO} ] || sh {UNDO} {trial}", timeout_seconds=30
        )
    except engine.HostError:
        return soon
    return "the old rules are back" if undone.succeeded else soon
