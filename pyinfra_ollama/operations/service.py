"""The running service: switched, started or restarted when the host's state asks for it."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context, logger

from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.service import need
from pyinfra_ollama.decide.unit import unit_files
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for


@host_operation
def service(*, settings: HostSettings, templates: Path) -> Steps:
    """
    Have the declared release running with the declared environment, answering.

    + settings: the host's settings
    + templates: the folder of the unit's templates

    Restarts exactly when the running program or environment is another one. When the new
    release does not answer in time, the previous one is brought back and the host fails.
    """
    snapshot = look(question_for(settings))
    declared = unit_files(settings, snapshot, templates)
    needed = need(settings, snapshot, declared)
    if not needed.reasons:
        context.host.noop(f"ollama {settings.ollama.version} runs as declared")
        return
    context.host.log_styled("; ".join(needed.reasons), log_func=logger.info, fg="cyan")
    yield quiet("stamp", STAMP, "")
    yield shown(
        "activate",
        settings.ollama.version,
        settings.ollama.base_url,
        str(settings.service.start_timeout_seconds),
        "yes" if needed.restart else "no",
        "yes" if needed.adopt else "no",
    )
