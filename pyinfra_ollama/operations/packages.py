"""Debian packages."""

from __future__ import annotations

from pyinfra import context, logger

from pyinfra_ollama.commands import shown
from pyinfra_ollama.decide.packages import reboot_note, work
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question

# Unattended upgrades of a few packages end within this.
LOCK_SECONDS = 300


@host_operation
def packages(*, declared: Declared) -> Steps:
    """
    Have the needed and declared packages, and upgrades as declared.

    + declared: what the host is declared to be
    """
    snapshot = look(whole_question(declared))
    reboot = reboot_note(snapshot)
    if reboot:
        context.host.log_styled(reboot, log_func=logger.warning, fg="yellow")
    todo = work(declared, snapshot)
    if todo.nothing:
        context.host.noop("packages are as declared")
        return
    update = "yes" if todo.update else "no"
    yield shown("apt", update, todo.upgrade, str(LOCK_SECONDS), *todo.install)
