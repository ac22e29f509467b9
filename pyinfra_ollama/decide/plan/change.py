"""The plan of one host: what would change, and which operation would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyinfra_ollama.decide.files import FileChange
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.steps import Step

Detail = str | int | bool | None | tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One thing that would be done: `action` is a verb, `subject` what it is done to.

    + note: what more a person wants to know of it, such as a size or a source
    + why: the reasons that the operation has, in its words
    + file: for a file, what becomes of it
    + details: the same for programs; units are in the names
    """

    operation: Step
    action: str
    subject: str
    note: str = ""
    why: tuple[str, ...] = ()
    file: FileChange | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True)
class HostPlan:
    """The changes in the order of the run, and what preflight warns of or fails on.

    A host that preflight fails on is left as it is, so nothing else is foretold for it.
    """

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a run would stop at this host before its first change."""
        return any(finding.level == "failure" for finding in self.findings)

    @property
    def operations(self) -> tuple[Step, ...]:
        """The operations that would change something."""
        return tuple(dict.fromkeys(change.operation for change in self.changes))
