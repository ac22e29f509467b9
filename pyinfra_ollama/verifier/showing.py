"""Running the verifier for a person or a pipe: the right reporter, fed while the hosts answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack

import click
from rich.console import Console

from pyinfra_ollama import engine
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.verifier.reporters import RENDERERS
from pyinfra_ollama.verifier.reporters.plain import host_lines, summary
from pyinfra_ollama.verifier.reporters.table import LiveTable, table
from pyinfra_ollama.verifier.results import HostReport, Result
from pyinfra_ollama.verifier.runner import verify_fleet

__all__ = ["verify"]


def verify(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    style: str,
    target: Callable[[str], None] | None,
    generate: bool | None,
    outside: bool,
    from_host: str | None,
    timeout_seconds: float,
    talk: Callable[[str], None] | None,
) -> Exit:
    """Verify and show; the exit code is the report's.

    + style: table, json or junit; a table lives on a terminal and is plain lines in a pipe
    + target: takes the data; None for stdout
    + talk: told each result as it comes; None for silence
    """
    streamed = style == "table" and target is None
    console = Console()
    live: LiveTable | None = None

    def on_result(host: str, result: Result) -> None:
        if live is not None:
            live.result(host, result)
        elif talk is not None and not streamed:
            talk(f"{host}  {result.status:<7}  {result.name}")

    def on_host(report: HostReport) -> None:
        if live is not None:
            live.finished(report)
        elif streamed:
            click.echo("\n".join(host_lines(report)))

    with ExitStack() as stack:
        if streamed and console.is_terminal:
            names = [host.name for host in fleet.hosts]
            live = stack.enter_context(LiveTable(console, names))
        report = verify_fleet(
            fleet,
            settings,
            generate=generate,
            outside=outside,
            from_host=from_host,
            timeout_seconds=timeout_seconds,
            on_result=on_result,
            on_host=on_host,
        )
    if live is not None:
        console.print(table(report))
    elif target is not None:
        target(RENDERERS[style](report))
    elif not streamed:
        click.echo(RENDERERS[style](report), nl=False)
    if live is None:
        click.echo(summary(report), err=True)
    return report.exit_code
