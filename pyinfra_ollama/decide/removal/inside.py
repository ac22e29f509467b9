"""What stays but lies in a folder that goes: older versions took settings that put it there."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra_ollama.decide.removal.seen import Seen
from pyinfra_ollama.decide.removal.steps import Removal, Wishes
from pyinfra_ollama.refusal import RefusedError


def check(seen: Seen, wishes: Wishes, steps: Iterable[Removal]) -> None:
    """Raise `RefusedError` when these steps would take away what is to stay."""
    going = [step.subject for step in steps if step.verb in ("tree", "notes")]
    for kind, path in seen.inside:
        what, stays, more = {
            "models": (
                "holds models, which stay",
                not wishes.purge_models,
                ", or give --purge-models",
            ),
            "repository": ("holds backups, which stay", True, ""),
            "swapfile": (
                "is in use as swap and not this package's",
                path not in seen.noted("swapfile"),
                "",
            ),
        }[kind]
        for folder in going if stays else ():
            if path.startswith(f"{folder}/"):
                raise RefusedError(
                    f"{path} {what}, but lies in {folder}, which goes: move it elsewhere{more}"
                )
