"""The server itself: user, release and folders. What runs is not touched here."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.account import account
from pyinfra_ollama.operations.release import release
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.steps import Step


@deploy("Ollama")
def ollama(settings: HostSettings) -> None:
    """Have the user, the folders and the release."""
    account(name=Step.ACCOUNT, settings=settings)
    release(name=Step.RELEASE, settings=settings)
