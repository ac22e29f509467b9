"""Running the command line inside the test's own process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from pyinfra_ollama.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
