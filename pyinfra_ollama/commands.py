"""Commands made from the scripts in `scripts/`: how operations and facts talk to a shell."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from pyinfra.api.command import StringCommand
from pyinfra.connectors.util import CommandOutput

from pyinfra_ollama.engine import shell_words

# Scripts that note what they make for `pyinfra-ollama uninstall`; made.sh stands before them.
NOTING = frozenset(
    (
        "account",
        "acme",
        "activate",
        "apt",
        "files",
        "gateway",
        "swap",
        "ufw-keep",
        "units",
        "watch",
    )
)
# copied.sh stands before these.
COPYING = frozenset(("activate", "uninstall"))


@cache
def script(name: str) -> str:
    """The text of `scripts/<name>.sh`, with what it needs before it."""
    folder = files("pyinfra_ollama.scripts")
    before = [part for part, of in (("made", NOTING), ("copied", COPYING)) if name in of]
    return "".join(
        folder.joinpath(f"{one}.sh").read_text(encoding="utf-8") for one in (*before, name)
    )


def _bits(name: str, arguments: tuple[str, ...]) -> tuple[object, ...]:
    return shell_words(script(name), *arguments)


def quiet(name: str, *arguments: str) -> StringCommand:
    """Run a script with positional arguments; nothing secret may be among them."""
    return StringCommand(*_bits(name, arguments))


def together(names: tuple[str, ...], *arguments: str) -> StringCommand:
    """Run several scripts as one, which ends with the line that proves nothing was cut off."""
    text = "".join(script(name) for name in names) + "section end\n"
    return StringCommand(*shell_words(text, *arguments))


class Hidden(list[str]):
    """Text for a command's standard input that pyinfra's logs and dumps cannot show.

    A list of one, because that is a type which pyinfra 3.10 takes for `_stdin`.
    """

    def __init__(self, text: str) -> None:
        super().__init__([text])

    def __repr__(self) -> str:
        return "*MASKED*"

    __str__ = __repr__


def piped(name: str, *arguments: str, stdin: str) -> StringCommand:
    """Run a script with text on its standard input: the only way a secret reaches a host."""
    return StringCommand(*_bits(name, arguments), _stdin=Hidden(stdin))


class _Shown(StringCommand):
    def execute(self, state: Any, host: Any, connector_arguments: Any) -> Any:
        arguments = {**connector_arguments, **self.connector_arguments}
        status, output = host.run_shell_command(
            self, print_output=True, print_input=state.print_input, **arguments
        )
        # Already shown; pyinfra would print it a second time when the command failed.
        return status, output if status else CommandOutput([])


def shown(name: str, *arguments: str, stdin: str = "") -> StringCommand:
    """A script whose output is shown while it runs: for work that a person waits for."""
    return _Shown(*_bits(name, arguments), _stdin=Hidden(stdin))
