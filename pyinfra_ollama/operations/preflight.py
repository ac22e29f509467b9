"""Look before anything is changed."""

from __future__ import annotations

from pyinfra import context
from pyinfra.api.exceptions import DeployError

from pyinfra_ollama import board
from pyinfra_ollama.commands import Hidden
from pyinfra_ollama.decide import preflight, reach
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.engine import give_up_on_silence
from pyinfra_ollama.facts.reach import Reach
from pyinfra_ollama.facts.snapshot import look
from pyinfra_ollama.operations.base import Steps, host_operation
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import whole_question


def inspect(declared: Declared) -> tuple[Finding, ...]:
    """What is found on the current host, reported to the common table."""
    give_up_on_silence(context.host)
    try:
        found = _findings(declared)
    except (DeployError, RefusedError) as error:
        found = (Finding("failure", "answer", str(error), "see the messages above"),)
    board.report(found)
    return found


def _findings(declared: Declared) -> tuple[Finding, ...]:
    snapshot = look(whole_question(declared))
    server = declared.server
    asked = reach.asks(server, snapshot) if server else ()
    answers = None
    if server and asked and not declared.preflight.skip_network:
        proxy = Hidden(server.ollama.environ().get("HTTPS_PROXY", ""))
        answers = context.host.get_fact(Reach, asks=asked, _stdin=proxy)
        # pyinfra gives None where the fact failed, whatever its type says.
        if reach.unanswered(asked, answers):
            raise DeployError("the host could not ask the network")
    return preflight.findings(declared, snapshot, asked, answers)


@host_operation
def fit(*, findings: tuple[Finding, ...]) -> Steps:
    """
    Fail the host before its first change when anything stands in the way.

    + findings: what `inspect` found
    """
    failures = [finding for finding in findings if finding.level == "failure"]
    if failures:
        lines = (f"{found.check}: {found.seen}; {found.remedy}" for found in failures)
        raise RefusedError("this host is left as it is:\n  " + "\n  ".join(lines))
    context.host.noop("the host is fit for what is declared")
    yield from ()
