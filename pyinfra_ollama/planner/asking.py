"""The questions of a deployment, asked outside one, each with a time limit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from jinja2 import TemplateError
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.commands import Hidden
from pyinfra_ollama.decide import reach
from pyinfra_ollama.decide.plan import HostPlan, foretell, refused, texts_to_read
from pyinfra_ollama.decide.reach import Answer
from pyinfra_ollama.facts.reach import Reach
from pyinfra_ollama.facts.snapshot import HostSnapshot
from pyinfra_ollama.facts.text import FileTexts
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot, whole_question

__all__ = ["ask_and_foretell"]

T = TypeVar("T")

# The snapshot takes a second at most; what makes it longer is a server that does not answer.
SNAPSHOT_SECONDS = 120
# scripts/reach.sh gives each address this many seconds at most.
ADDRESS_SECONDS = 25


def ask_and_foretell(host: Host, declared: Declared, templates: Path) -> HostPlan:
    """Ask a connected host what its plan needs, in one to three commands.

    Raises `engine.HostError` when a question has no answer or a template cannot be used.
    """
    question = whole_question(declared)
    snapshot = _ask(host, HostSnapshot(), seconds=SNAPSHOT_SECONDS, question=question)
    if snapshot is None:
        raise engine.HostError("the host did not answer what it was asked")
    try:
        return _foretold(host, declared, snapshot, templates)
    except RefusedError as refusal:
        return refused(str(refusal))
    except TemplateError as error:
        raise engine.HostError(f"{templates}: {_told(error)}") from error


def _foretold(host: Host, declared: Declared, snapshot: Snapshot, templates: Path) -> HostPlan:
    server = declared.server
    asked = reach.asks(server, snapshot) if server else ()
    answers: Mapping[str, Answer] | None = None
    if server and asked and not declared.preflight.skip_network:
        answers = _ask(
            host,
            Reach(),
            seconds=ADDRESS_SECONDS * len(asked) + 10,
            stdin=Hidden(server.ollama.environ().get("HTTPS_PROXY", "")),
            asks=asked,
        )
        if reach.unanswered(asked, answers):
            raise engine.HostError("the host could not ask the network")
    paths = texts_to_read(declared, snapshot, templates)
    texts = _ask(host, FileTexts(), seconds=SNAPSHOT_SECONDS, paths=paths) if paths else {}
    return foretell(
        declared, snapshot, asked=asked, answers=answers, texts=texts, templates=templates
    )


def _ask(
    host: Host, fact: FactBase[T], *, seconds: int, stdin: Hidden | None = None, **arguments: Any
) -> T:
    command = cast("StringCommand", fact.command(**arguments))
    output = engine.run_command(host, command, timeout_seconds=seconds, stdin=stdin)
    if not output.succeeded:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise engine.HostError(f"a question was not answered; the host said: {said[:300]}")
    try:
        return fact.process(output.stdout)
    except FactProcessError as error:
        raise engine.HostError(str(error)) from error


def _told(error: TemplateError) -> str:
    name = getattr(error, "filename", None) or getattr(error, "name", None)
    line = getattr(error, "lineno", None)
    place = f"{name}, line {line}: " if name and line else f"{name}: " if name else ""
    return f"{place}{error.message or type(error).__name__}"
