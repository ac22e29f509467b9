"""The gateway: nginx, the one door that other machines use."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Gateway")
def gateway(declared: Declared) -> None:
    """Have the gateway serving as declared."""
    # Takes its time to import, and most hosts have no gateway.
    from pyinfra_ollama.operations.gateway import (
        acme,
        authority,
        certificate,
        configuration,
        serving,
    )

    certificate(name=Step.GATEWAY_CERTIFICATE, declared=declared)
    authority(name=Step.GATEWAY_AUTHORITY, declared=declared)
    configuration(name=Step.GATEWAY_FILES, declared=declared, templates=TEMPLATES)
    serving(name=Step.GATEWAY, declared=declared, templates=TEMPLATES)
    acme(name=Step.GATEWAY_ACME, declared=declared)
