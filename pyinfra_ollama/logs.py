"""Where log lines go: stderr, in plain words, and only as many as were asked for."""

from __future__ import annotations

import logging
import warnings
from getpass import GetPassWarning

import click

__all__ = ["to_stderr"]

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


def to_stderr(verbosity: int) -> None:
    """Send pyinfra's and our own log to stderr: warnings, with 1 more, with 2 all of our own.

    pyinfra's lines for debugging are never shown: they hold passwords of hosts in clear.
    """
    # getpass complains in its own words when sudo asks and there is no terminal.
    warnings.simplefilter("ignore", GetPassWarning)
    level = _LEVELS[min(verbosity, len(_LEVELS) - 1)]
    for name, least in (("pyinfra", logging.INFO), ("pyinfra_ollama", logging.DEBUG)):
        logger = logging.getLogger(name)
        logger.handlers = [_Handler()]
        logger.setLevel(max(level, least))
        logger.propagate = False
