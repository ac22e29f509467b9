"""Debian packages: what the deployment needs and the tools a person wants there."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.operations.packages import packages as apt_packages
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step


@deploy("Packages")
def packages(declared: Declared) -> None:
    """Have the packages."""
    apt_packages(name=Step.PACKAGES, declared=declared)
