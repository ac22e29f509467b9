"""Whether addresses answer a host, and how big what they serve is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from pyinfra_ollama.commands import quiet
from pyinfra_ollama.decide.reach import Answer, Ask
from pyinfra_ollama.snapshot.parse import MARKER


class Reach(FactBase[dict[str, Answer]]):
    """
    Returns ``{url: Answer}``.

    + asks: what to ask, see `decide.reach`
    """

    def command(self, asks: Sequence[Ask]) -> StringCommand:
        return quiet("reach", *(f"{ask.way}|{ask.url}" for ask in asks))

    def process(self, output: Iterable[str]) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        body: list[str] = []
        url, ended = "", False
        for line in output:
            if not line.startswith(MARKER):
                body.append(line)
                continue
            if url:
                answers[url] = answers[url].with_body("\n".join(body))
            body, head = [], line.removeprefix(MARKER)
            ended = head == "end"
            if not ended:
                url, code, length, reason = _fields(head)
                answers[url] = Answer(code, int(length) if length.isdecimal() else None, reason)
        if not ended:
            raise FactProcessError("the host's answer was cut off before its closing marker")
        return answers


def _fields(head: str) -> tuple[str, str, str, str]:
    fields = head.split("|", 3)
    if len(fields) != 4:
        raise FactProcessError(f"the host's answer could not be read: {head[:80]!r}")
    return fields[0], fields[1], fields[2], fields[3]
