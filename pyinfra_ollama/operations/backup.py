"""The backup: its files, its repository, its timers."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context, logger
from pyinfra.api.command import StringCommand

from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.backup.files import JUDGE, timers_hash, tool_files, unit_files
from pyinfra_ollama.decide.backup.state import repository_reasons, timer_reasons
from pyinfra_ollama.decide.files import changed
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question


@host_operation
def files(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the backup's tool, settings and units; the units are judged by systemd first.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    snapshot = look(whole_question(declared))
    tool, units = tool_files(declared, templates), unit_files(declared, templates)
    new_units = changed(units, snapshot.files)
    if not changed(tool, snapshot.files) and not new_units:
        context.host.noop("the backup's files are as declared")
        return
    yield quiet("stamp", STAMP, "")
    # systemd judges the units by what they start, which so comes first.
    if changed(tool, snapshot.files):
        yield from swapped_in(tool, snapshot)
    if new_units:
        yield from swapped_in(units, snapshot, JUDGE)
        yield StringCommand("systemctl", "daemon-reload")


@host_operation
def repository(*, declared: Declared) -> Steps:
    """
    Have the declared repository, made if there is none there yet.

    + declared: what the host is declared to be
    """
    reasons = repository_reasons(declared, look(whole_question(declared)))
    if not reasons:
        context.host.noop("there is the declared repository")
        return
    context.host.log_styled("; ".join(reasons), log_func=logger.info, fg="cyan")
    yield quiet("stamp", STAMP, "")
    yield shown("backup-repository")


@host_operation
def timers(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the timers of backup, check and rehearsal running as declared.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    units = unit_files(declared, templates)
    reasons = timer_reasons(units, look(whole_question(declared)))
    if not reasons:
        context.host.noop("the backup's timers run as declared")
        return
    context.host.log_styled("; ".join(reasons), log_func=logger.info, fg="cyan")
    yield quiet("stamp", STAMP, "")
    yield quiet("backup-timers", timers_hash(units))
