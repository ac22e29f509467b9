"""A question to a gateway with its answer, and how findings become a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyinfra_ollama.verifier.checks.base import failed, listed, passed, unknown, warned
from pyinfra_ollama.verifier.outside.door import Said
from pyinfra_ollama.verifier.results import Detail, Result

__all__ = ["Asked", "conclude", "silent"]

_MOST = 5


@dataclass(frozen=True)
class Asked:
    """One question: who asked for what, and the answer, or why there is none."""

    caller: str
    method: str
    path: str
    said: Said | None
    silence: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path} as {self.caller}"

    @property
    def found(self) -> str:
        """The answer in words."""
        return str(self.said.status) if self.said else self.silence


def conclude(
    check: str,
    wrong: Sequence[str],
    *,
    good: str,
    expected: str,
    look: str,
    red: Iterable[str] = (),
    silent: int = 0,
    **details: Detail,
) -> Result:
    """A result: what is wrong is a failure, unless red checks of the host explain it.

    + silent: how many of the wrong are questions without an answer; nothing else is unknown
    """
    if not wrong:
        return passed(check, good, expected=expected, **details)
    more = f"; and {len(wrong) - _MOST} more" if len(wrong) > _MOST else ""
    found = "; ".join(wrong[:_MOST]) + more
    also = listed(dict.fromkeys(red), "")
    if also:
        return warned(check, expected=expected, found=f"{found} (red in {also})")
    if silent == len(wrong):
        return unknown(check, found, look=look)
    return failed(check, expected=expected, found=found, look=look)


def silent(asked: Iterable[Asked]) -> int:
    """How many questions had no answer."""
    return sum(one.said is None for one in asked)
