"""What the parts of a removal's plan have in common."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama.decide.firewall.rules import is_ours
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.seen import Seen


@dataclass(frozen=True)
class Removal:
    """One step of scripts/uninstall.sh.

    `text` says it to a person, empty for what goes without; `passing`: of what comes and goes by
    itself, so that it may differ between the plan that was shown and the one that is carried out.
    """

    verb: str
    subject: str
    more: str = ""
    text: str = ""
    passing: bool = False

    @property
    def line(self) -> str:
        """The step as the script reads it."""
        return f"{self.verb}|{self.subject}|{self.more}"


@dataclass(frozen=True)
class Plan:
    """The steps in their order, and what stays, with the reason."""

    steps: tuple[Removal, ...]
    stays: tuple[str, ...]

    @property
    def agreed(self) -> tuple[str, ...]:
        """What a person agrees to: every step that does not come and go by itself."""
        return tuple(step.line for step in self.steps if step.text and not step.passing)


@dataclass(frozen=True)
class Wishes:
    """What the person asked for."""

    purge_models: bool = False
    keep_packages: bool = False


def keeps_ufw(seen: Seen) -> bool:
    """Whether somebody relies on ufw: with rules that are not of this package it stays on."""
    return any(not is_ours(rule) for rule in seen.rules)


def units(seen: Seen) -> tuple[str, ...]:
    """Units of this package that run or are enabled; somebody else's of such a name is none."""
    return tuple(
        unit
        for unit in seen.units
        if seen.paths.get(f"{owned.UNIT_FOLDER}/{unit}") not in ("foreign", "link")
    )
