"""A report on a terminal: one live line per host while it is checked, then the whole table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pyinfra_ollama.verifier.reporters.plain import line, more_lines, summary
from pyinfra_ollama.verifier.results import HostReport, Report, Result, Status

__all__ = ["LiveTable", "table"]

_STYLES: dict[Status, str] = {
    "pass": "green",
    "fail": "bold red",
    "unknown": "bold magenta",
    "warn": "yellow",
    "skipped": "dim",
}


class LiveTable:
    """Shows how far each host is, and replaces itself by the whole table at the end."""

    def __init__(self, console: Console, hosts: Iterable[str]) -> None:
        self._console = console
        self._last: dict[str, Result | None] = dict.fromkeys(hosts)
        self._counts: dict[str, Counter[Status]] = {host: Counter() for host in self._last}
        self._done: dict[str, HostReport] = {}
        self._live = Live(console=console, transient=True, get_renderable=self._progress)

    def __enter__(self) -> LiveTable:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def result(self, host: str, result: Result) -> None:
        """One more result of a host."""
        self._last[host] = result
        self._counts[host][result.status] += 1

    def finished(self, report: HostReport) -> None:
        """A host is complete."""
        self._done[report.name] = report

    def _progress(self) -> Table:
        lines = Table.grid(padding=(0, 2))
        for host, last in self._last.items():
            done = self._done.get(host)
            mark = _status(done.status) if done else Spinner("dots")
            doing = _outcome(done) if done else (f"{last.name}: {last.found}" if last else "...")
            counts = self._counts[host]
            passed, failed = f"{counts['pass']} passed", f"{counts['fail']} failed"
            red = Text(failed, style=_STYLES["fail"] if counts["fail"] else "dim")
            lines.add_row(
                mark, Text(host), Text(passed), red, Text(line(doing), "dim", overflow="ellipsis")
            )
        return lines


def _outcome(report: HostReport) -> str:
    return f"done in {report.seconds:.1f} s" if report.unreachable is None else report.unreachable


def table(report: Report) -> Table:
    """Every check of every host, with what a person needs to act under the red ones."""
    rows = Table(
        "host", "check", "status", "found", caption=summary(report), caption_justify="left"
    )
    for host in report.hosts:
        name = host.name
        if host.unreachable is not None:
            rows.add_row(
                name, "", _status("unknown"), Text(line(f"unreachable: {host.unreachable}"))
            )
        for result in host.results:
            found = Text(line(result.found))
            for more in more_lines(result):
                found.append(f"\n{more}", style="italic")
            rows.add_row(Text(name), Text(result.name), _status(result.status), found)
            name = ""
        rows.add_section()
    return rows


def _status(status: Status) -> Text:
    return Text(status, style=_STYLES[status])
