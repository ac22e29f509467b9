"""Is every host fit for what is declared? Asked of all of them before any is changed."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.preflight import fit, inspect
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step


@deploy("Preflight")
def preflight(declared: Declared) -> bool:
    """Report what was found; False when the host must be left alone."""
    found = inspect(declared)
    fit(name=Step.FIT, findings=found)
    return all(finding.level != "failure" for finding in found)
