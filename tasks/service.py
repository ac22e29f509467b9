"""The service: its unit, its environment, the process that runs."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.release import tidy
from pyinfra_ollama.operations.service import service as running
from pyinfra_ollama.operations.unit import unit
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Service")
def service(settings: HostSettings) -> None:
    """Have the service running as declared, and no more releases than declared."""
    unit(name=Step.UNIT, settings=settings, templates=TEMPLATES)
    running(name=Step.SERVICE, settings=settings, templates=TEMPLATES)
    tidy(name=Step.TIDY, settings=settings)
