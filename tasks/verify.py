"""Verify from inside that the host does what was declared."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.verify import verified
from pyinfra_ollama.settings import HostSettings
from tasks import TEMPLATES


@deploy("Verify")
def verify(settings: HostSettings) -> None:
    """Run the verifier's checks after a change."""
    verified(name="Have the deployment verified", settings=settings, templates=TEMPLATES)
