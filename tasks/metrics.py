"""Metrics: the exporters of a host."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Metrics")
def metrics(declared: Declared) -> None:
    """Have the exporters running as declared."""
    # Takes its time to import, and most hosts declare none of it.
    from pyinfra_ollama.operations.monitoring import exporter, running_exporters

    exporter(name=Step.EXPORTER_FILES, declared=declared, templates=TEMPLATES)
    running_exporters(name=Step.EXPORTERS, declared=declared, templates=TEMPLATES)
