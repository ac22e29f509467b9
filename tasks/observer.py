"""The observer: Prometheus and Alertmanager, and what a Grafana there is given."""

from __future__ import annotations

from pyinfra.api.deploy import deploy

from pyinfra_ollama.settings import Declared
from pyinfra_ollama.steps import Step
from tasks import TEMPLATES


@deploy("Observer")
def observer(declared: Declared) -> None:
    """Have Prometheus and Alertmanager running as declared, and the dashboard in Grafana."""
    # Takes its time to import, and most hosts observe nobody.
    from pyinfra_ollama.operations.grafana import provisioned
    from pyinfra_ollama.operations.monitoring import configuration, running_observer

    configuration(name=Step.OBSERVER_FILES, declared=declared, templates=TEMPLATES)
    running_observer(name=Step.OBSERVER, declared=declared, templates=TEMPLATES)
    provisioned(name=Step.OBSERVER_GRAFANA, declared=declared, templates=TEMPLATES)
