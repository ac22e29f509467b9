"""What a host looks after itself with: tools, the monitor's timer, bounds of logs."""

from __future__ import annotations

from pathlib import Path

from pyinfra import context, logger
from pyinfra.api.command import StringCommand

from pyinfra_ollama import layout
from pyinfra_ollama.commands import quiet, shown
from pyinfra_ollama.decide.files import changed
from pyinfra_ollama.decide.verified import STAMP
from pyinfra_ollama.decide.watching import (
    JUDGE_TOOLS,
    JUDGE_UNITS,
    need,
    tool_files,
    unit_files,
)
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.operations.files import swapped_in
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question


@host_operation
def tools(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the tools, their configuration and the bounds of logs, tried before they are put in place.

    + declared: what the host is declared to be
    + templates: the folder of the templates, beside which the tools lie
    """
    snapshot = look(whole_question(declared))
    yield from swapped_in(tool_files(declared, templates), snapshot, JUDGE_TOOLS)


@host_operation
def units(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the monitor's units, judged by systemd first.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    snapshot = look(whole_question(declared))
    files = unit_files(declared, templates)
    if changed(files, snapshot.files):
        yield from swapped_in(files, snapshot, JUDGE_UNITS)
        yield StringCommand("systemctl", "daemon-reload")
    else:
        context.host.noop("the monitor's units are as declared")


@host_operation
def watching(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the timer and logrotate's run, now and after every boot, and journald keep its bounds.

    + declared: what the host is declared to be
    + templates: the folder of the templates
    """
    needed = need(declared, look(whole_question(declared)), templates)
    if not needed.reasons:
        context.host.noop("the host is looked after as declared")
        return
    context.host.log_styled("; ".join(needed.reasons), log_func=logger.info, fg="cyan")
    yield quiet("stamp", STAMP, "")
    journald = "yes" if needed.journald else "no"
    yield shown("watch", journald, layout.monitoring.MONITOR_FIGURES)
