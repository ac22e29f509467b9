"""Verify from inside that the host does what was declared."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.verify import verified
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Verify")
def verify(declared: Declared) -> None:
    """Run the verifier's checks after a change."""
    verified(name=Step.VERIFY, declared=declared, templates=TEMPLATES)
