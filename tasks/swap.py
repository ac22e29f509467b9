"""Swap: one file of the declared size, and how eagerly the kernel uses it."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.layout import SYSCTL_FILE
from pyinfra_ollama.operations.files import managed_files
from pyinfra_ollama.operations.swap import swapfile
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import question_for
from tasks import TEMPLATES


@deploy("Swap")
def swap(settings: HostSettings) -> None:
    """Have the declared swap; without a declaration, leave all swap alone."""
    if settings.swap is None:
        return
    text = render(TEMPLATES, "etc/sysctl.d/60-pyinfra-ollama.conf.j2", swap=settings.swap)
    content = text if settings.swap.size else None
    managed_files(
        name="Have the kernel's swappiness set at boot",
        files=[ManagedFile(path=SYSCTL_FILE, content=content)],
        question=question_for(settings),
    )
    swapfile(name="Have the swapfile", settings=settings)
