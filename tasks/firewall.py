"""The firewall: SSH and what is declared come in, nothing else."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step


@deploy("Firewall")
def firewall(declared: Declared) -> None:
    """Have the declared firewall."""
    # Takes its time to import, and most hosts declare none.
    from pyinfra_ollama.operations.firewall import firewall as filtering

    filtering(name=Step.FIREWALL, declared=declared)
