"""Is every host fit for what is declared? Asked of all of them before any is changed."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.preflight import fit, inspect
from pyinfra_ollama.settings import HostSettings


@deploy("Preflight")
def preflight(settings: HostSettings) -> bool:
    """Report what was found; False when the host must be left alone."""
    found = inspect(settings)
    fit(name="Be fit for what is declared", findings=found)
    return all(finding.level != "failure" for finding in found)
