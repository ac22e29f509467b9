"""What was found on all hosts, shown together when the last of them has reported."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from pyinfra import context
from pyinfra.api.state import State

from pyinfra_ollama.decide.finding import Finding

STYLES = {"warning": "yellow", "failure": "red"}


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


def show(rows: Mapping[str, tuple[Finding, ...]]) -> None:
    """Print to stderr: a line for each fit host, then warnings and failures in full."""
    print("Preflight", file=sys.stderr)
    for host, findings in sorted(rows.items()):
        if not any(finding.level == "failure" for finding in findings):
            quiet = "; ".join(finding.seen for finding in findings if finding.level == "ok")
            print(f"    {host}  ok  {quiet}", file=sys.stderr)
    notable = {
        host: [finding for finding in findings if finding.level != "ok"]
        for host, findings in sorted(rows.items())
    }
    if any(notable.values()):
        _show_table(notable)


def _show_table(rows: Mapping[str, Iterable[Finding]]) -> None:
    # A run in which nothing is wrong does not wait for rich to be imported.
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("host", "", "check", "seen", "what to do"):
        table.add_column(heading, overflow="fold")
    for host, findings in rows.items():
        for finding in findings:
            level = f"[{STYLES[finding.level]}]{finding.level}[/]"
            table.add_row(host, level, finding.check, finding.seen, finding.remedy)
    Console(file=sys.stderr, highlight=False).print(table)
