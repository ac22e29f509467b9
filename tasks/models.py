"""Models: every declared one is there."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.models import models as declared_models
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.steps import Step


@deploy("Models")
def models(settings: HostSettings) -> None:
    """Have the declared models."""
    declared_models(name=Step.MODELS, settings=settings)
