"""The exit codes of every `pyinfra-ollama` command: one table, printed in docs/verify.md.

docs/plan.md says what each means for a plan, and which counts first.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["MEANINGS", "Exit"]


class Exit(IntEnum):
    """How a command ended. 64 and 78 are EX_USAGE and EX_CONFIG of sysexits.h."""

    GOOD = 0
    FAILED = 1
    PENDING = 2
    UNKNOWN = 3
    USAGE = 64
    INVALID = 78
    INTERRUPTED = 130


MEANINGS = {
    Exit.GOOD: "every check passed, every step was done",
    Exit.FAILED: "a check or a step failed, whatever could not be told beside it; `plan`: a host "
    "would be refused",
    Exit.PENDING: "`plan`, `uninstall --plan`: changes are pending",
    Exit.UNKNOWN: "could not tell: host unreachable, question unanswered, deadline passed",
    Exit.USAGE: "the command line is wrong: an option, a file, a --limit that matches nothing",
    Exit.INVALID: "the inventory or its settings are invalid, or declare nothing to check",
    Exit.INTERRUPTED: "interrupted by Ctrl-C",
}
