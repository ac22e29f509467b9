"""Backups for a person or a pipe: lines as hosts are done, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from pyinfra_ollama.exits import Exit
from pyinfra_ollama.keeping.results import HostReport, Report, document
from pyinfra_ollama.settings import human_size

__all__ = ["StoppedError", "lines", "show", "stoppable"]

SCHEMA = 1
OnHost = Callable[[HostReport], None]


class StoppedError(click.ClickException):
    """Ctrl-C, which ends this program and not what it began."""

    exit_code = int(Exit.INTERRUPTED)

    def __init__(self) -> None:
        super().__init__("interrupted; what was begun on a host goes on there")


@contextmanager
def stoppable() -> Iterator[None]:
    """Around all that may have changed a host; raises `StoppedError` for Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise StoppedError from stop


def show(run: Callable[[OnHost | None], Report], *, style: str) -> Report:
    """Run it and show what comes of it.

    + run: is given what to call with each host's report as it comes
    + style: text or json
    """

    def on_host(host: HostReport) -> None:
        click.echo("\n".join(lines(host)))

    with stoppable():
        report = run(on_host if style == "text" else None)
    if style == "json":
        click.echo(json.dumps(report.document(SCHEMA, document), indent=2))
    else:
        click.echo(_summary(report), err=True)
    return report


def lines(host: HostReport) -> Iterator[str]:
    """`host status: words`, the last of them first, and what else there is to know of it."""
    words = [_plain(text) for text in host.said] or ["it said nothing"]
    yield f"{host.name}  {host.status:<7}  {words[-1]}"
    yield from (f"    {text}" for text in words[:-1])
    for one in host.snapshots:
        version = f"  ollama {one.ollama}" if one.ollama else ""
        yield f"    {one.name}  {one.time}{version}"
    figures = tuple(_figures(host))
    if host.status == "good" and figures:
        yield f"    {', '.join(figures)}"


def _figures(host: HostReport) -> Iterator[str]:
    numbers = host.numbers
    for key, text in (
        ("kept_bytes", "{} kept"),
        ("added_bytes", "{} of them new"),
        ("brought_bytes", "{} brought back"),
    ):
        if numbers.get(key, "").isdigit():
            yield text.format(human_size(int(numbers[key])))
    if numbers.get("seconds", "").isdigit():
        yield f"{numbers['seconds']} s"
    if numbers.get("finished", "").isdigit():
        yield f"{datetime.fromtimestamp(int(numbers['finished']), UTC):%Y-%m-%d %H:%M:%S} UTC"


def _summary(report: Report) -> str:
    counted = report.totals
    wrong = [host.name for host in report.hosts if host.status in ("failed", "unknown")]
    sentence = f"{counted['good']} of {counted['hosts']} hosts good"
    if counted["skipped"]:
        sentence += f", {counted['skipped']} without a backup"
    return sentence + (f"; not good: {', '.join(wrong)}" if wrong else "")


def _plain(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split())
    )
