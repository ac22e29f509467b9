"""The backup: what this host cannot get elsewhere is kept in a repository, by timers."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Backup")
def backup(declared: Declared) -> None:
    """Have the declared backup."""
    # Takes its time to import, and many hosts declare none.
    from pyinfra_ollama.operations.backup import files, repository, timers

    files(name=Step.BACKUP_FILES, declared=declared, templates=TEMPLATES)
    repository(name=Step.BACKUP_REPOSITORY, declared=declared)
    timers(name=Step.BACKUP_TIMERS, declared=declared, templates=TEMPLATES)
