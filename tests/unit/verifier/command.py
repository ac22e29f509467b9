"""Running the command line inside the test's own process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from pyinfra_ollama.cli import main


def run(*arguments: object, answers: str = "") -> Result:
    """Without a terminal; `answers` come through a pipe."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=answers)
