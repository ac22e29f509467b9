"""Swap: one file of the declared size, and how eagerly the kernel uses it."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.decide.swap import files
from pyinfra_ollama.operations.files import managed_files
from pyinfra_ollama.operations.swap import swapfile
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Swap")
def swap(settings: HostSettings) -> None:
    """Have the declared swap; without a declaration, leave all swap alone."""
    if settings.swap is None:
        return
    managed_files(
        name=Step.SWAPPINESS,
        files=files(settings.swap, TEMPLATES),
        question=question_for(settings),
    )
    swapfile(name=Step.SWAPFILE, settings=settings)
