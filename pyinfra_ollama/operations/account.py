"""The service user and its folders."""

from __future__ import annotations

from pyinfra import context, logger

from pyinfra_ollama import layout
from pyinfra_ollama.commands import quiet
from pyinfra_ollama.decide.account import folders, groups, reasons
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for


@host_operation
def account(*, settings: HostSettings) -> Steps:
    """
    Have user and group ollama, in the GPU groups where they matter, and their folders.

    + settings: the host's settings
    """
    snapshot = look(question_for(settings))
    needed = reasons(settings, snapshot)
    if not needed:
        context.host.noop("user and folders are as declared")
        return
    context.host.log_styled("; ".join(needed), log_func=logger.debug)
    wanted = (f"{folder.path}|{folder.user}|{folder.mode}" for folder in folders(settings))
    joined = " ".join(sorted(groups(snapshot)))
    yield quiet("account", layout.HOME, settings.ollama.models_dir, joined, *wanted)
