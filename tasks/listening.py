"""Where the programs of monitoring listen, settled before their packages start them."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step


@deploy("Listening")
def listening(declared: Declared) -> None:
    """Have monitoring listen where it is declared."""
    # Takes its time to import, and most hosts declare none of it.
    from pyinfra_ollama.operations.monitoring import listening as settled

    settled(name=Step.LISTENING, declared=declared)
