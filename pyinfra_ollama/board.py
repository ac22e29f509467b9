"""One table for what was found on all hosts, shown when the last of them has reported."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from pyinfra import context
from pyinfra.api.state import State
from rich.console import Console
from rich.table import Table

from pyinfra_ollama.decide.finding import Finding

STYLES = {"ok": "green", "warning": "yellow", "failure": "red"}


@dataclass
class Board:
    """The findings of the hosts of one run."""

    rows: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    shown: bool = False

    def report(self, host: str, findings: Iterable[Finding], expected: set[str]) -> None:
        """Take one host's findings; print the table once `expected` have all reported."""
        self.rows[host] = tuple(findings)
        if not self.shown and expected <= set(self.rows):
            self.shown = True
            show(self.rows)


_boards: WeakKeyDictionary[State, Board] = WeakKeyDictionary()


def report(findings: Iterable[Finding]) -> None:
    """Report what was found on the current host."""
    # The run's own object: `context.state` stands for whichever is current.
    state: State = context.ctx_state.get()  # type: ignore[no-untyped-call]
    board = _boards.setdefault(state, Board())
    board.report(context.host.name, findings, {host.name for host in state.active_hosts})


def show(rows: dict[str, tuple[Finding, ...]]) -> None:
    """Print to stderr: warnings and failures in full, hosts without any in one line each."""
    console = Console(file=sys.stderr, highlight=False)
    table = Table(title="Preflight", title_justify="left", box=None, pad_edge=False)
    for heading in ("host", "", "check", "seen", "what to do"):
        table.add_column(heading, overflow="fold")
    for host in sorted(rows):
        findings = rows[host]
        notable = [finding for finding in findings if finding.level != "ok"]
        if not any(finding.level == "failure" for finding in notable):
            quiet = "; ".join(f.seen for f in findings if f.level == "ok")
            table.add_row(host, "[green]ok[/]", "", quiet, "")
        for finding in notable:
            level = f"[{STYLES[finding.level]}]{finding.level}[/]"
            table.add_row(host, level, finding.check, finding.seen, finding.remedy)
    console.print(table)
