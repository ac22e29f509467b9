"""The server itself: user, release and folders. What runs is not touched here."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.account import account
from pyinfra_ollama.operations.release import release
from pyinfra_ollama.settings import HostSettings


@deploy("Ollama")
def ollama(settings: HostSettings) -> None:
    """Have the user, the folders and the release."""
    account(name="Have the service user and its folders", settings=settings)
    release(name="Have the release installed", settings=settings)
