"""The part of the reference that tells the variables of the server's environment."""

from __future__ import annotations

from collections.abc import Iterator

from .variables import RUNNER_REFUSED, VARIABLES, Variable

_ENVIRONMENT_HEAD = """\
## Variables of the server

What Ollama 0.33.0 and its runners read, and how it is set here. `environment` of `Ollama` takes
the names without a field of their own, and any other `LLAMA_ARG_*`, which the runner
(llama-server, since Ollama 0.30) reads. A value is one line of printable text.

| variable | value | set by | what it does |
|---|---|---|---|
"""

_REFUSED_HEAD = """
Refused, because they would not do what their names promise:

| variable | why, and what to write instead |
|---|---|
"""


def environment() -> Iterator[str]:
    """Return it as Markdown, piece by piece."""
    yield _ENVIRONMENT_HEAD
    for variable in VARIABLES.values():
        if variable.refused is None:
            owner = f"`{variable.field}`" if variable.field else "`environment`"
            yield f"| `{variable.name}` | {variable.kind} | {owner} | {_note(variable)} |\n"
    yield _REFUSED_HEAD
    for variable in VARIABLES.values():
        if variable.refused is not None:
            gone = f" (gone by {variable.gone_in})" if variable.gone_in else ""
            yield f"| `{variable.name}` | {escaped(variable.refused)}{gone} |\n"
    for name, reason in RUNNER_REFUSED.items():
        yield f"| `{name}` | {escaped(reason)} |\n"


def _note(variable: Variable) -> str:
    words = variable.note
    if variable.absent_in:
        words += f"; not yet in {variable.absent_in}"
    return escaped(words)


def escaped(text: str) -> str:
    """Return a text as a table's cell takes it."""
    return text.replace("|", "\\|")
