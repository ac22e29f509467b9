"""Debian packages."""

from __future__ import annotations

from pyinfra import context, logger

from pyinfra_ollama.commands import shown
from pyinfra_ollama.decide.packages import reboot_note, work
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for

# Unattended upgrades of a few packages end within this.
LOCK_SECONDS = 300


@host_operation
def packages(*, settings: HostSettings) -> Steps:
    """
    Have the needed and declared packages, and upgrades as declared.

    + settings: the host's settings
    """
    snapshot = look(question_for(settings))
    reboot = reboot_note(snapshot)
    if reboot:
        context.host.log_styled(reboot, log_func=logger.warning, fg="yellow")
    todo = work(settings, snapshot)
    if todo.nothing:
        context.host.noop("packages are as declared")
        return
    update = "yes" if todo.update else "no"
    yield shown("apt", update, todo.upgrade, str(LOCK_SECONDS), *todo.install)
