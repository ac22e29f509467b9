"""Monitoring: the host's own tools, the timer that looks after it, and logs with bounds."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Monitoring")
def monitoring(declared: Declared) -> None:
    """Have the host look after itself as declared."""
    # Takes its time to import, and many hosts declare none.
    from pyinfra_ollama.operations.watching import tools, units, watching

    tools(name=Step.MONITORING_TOOLS, declared=declared, templates=TEMPLATES)
    units(name=Step.MONITORING_UNITS, declared=declared, templates=TEMPLATES)
    watching(name=Step.MONITORING, declared=declared, templates=TEMPLATES)
