"""One swapfile and the kernel's swappiness."""

from __future__ import annotations

from pyinfra import context

from pyinfra_ollama.commands import shown
from pyinfra_ollama.decide.swap import work
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for


@host_operation
def swapfile(*, settings: HostSettings) -> Steps:
    """
    Have the declared swapfile, active and in /etc/fstab, or have it gone (size 0).

    + settings: the host's settings; without `swap` nothing is touched

    A host that cannot swap is left without; preflight says so, and the verifier stays red.
    """
    declared = settings.swap
    if declared is None:
        return
    todo = work(settings, look(question_for(settings)))
    if todo.nothing:
        why = f"no swapfile: {todo.barrier}" if todo.barrier else f"{declared.path} is as declared"
        context.host.noop(why)
        return
    value = "" if todo.swappiness is None else str(todo.swappiness)
    yield shown("swap", declared.path, str(declared.size), todo.need.make, value)
