"""Let the verifier look at a host after it was changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyinfra import context, logger
from pyinfra.api.command import FunctionCommand
from pyinfra.api.host import Host

from pyinfra_ollama.commands import quiet
from pyinfra_ollama.decide.verified import STAMP, due, fingerprint
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question

if TYPE_CHECKING:
    from pyinfra_ollama.verifier import Result

COLOURS = {"pass": "green", "fail": "red", "unknown": "red", "warn": "yellow", "skipped": "cyan"}


@host_operation
def verified(*, declared: Declared, templates: Path) -> Steps:
    """
    Have the deployment verified since anything it depends on was last changed.

    + declared: what the host is declared to be
    + templates: the folder of the templates

    What was verified is remembered on the host; the checks themselves are those of
    ``pyinfra-ollama verify``.
    """
    snapshot = look(whole_question(declared))
    if not due(declared, snapshot, templates):
        context.host.noop("nothing changed since it was verified")
        return
    yield FunctionCommand(check, [declared], {})
    yield quiet("stamp", STAMP, fingerprint(declared, snapshot, templates))


def check(state: Any, host: Host, declared: Declared) -> bool:
    """Run the checks, say each result; False when any failed or could not be told."""
    # Takes its time to import, and a run that changes nothing needs none of it.
    from pyinfra_ollama.verifier import verify_host

    def say(result: Result) -> None:
        text = f"{result.status:<8}{result.name}: {result.found}"
        if result.status in ("fail", "unknown"):
            text += f" (expected: {result.expected}; look with: {result.next})"
        host.log_styled(text, log_func=logger.info, fg=COLOURS[result.status])

    return verify_host(host, declared, on_result=say).status == "pass"
