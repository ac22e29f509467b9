"""The operations of the deployment, by the names pyinfra prints, in the order of a run.

Tasks name their operations by these and plans foretell them by these, so that both can be
compared word by word.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Step"]


class Step(StrEnum):
    """One operation."""

    FIT = "Be fit for what is declared"
    LISTENING = "Have monitoring listen where it is declared, before it is installed"
    PACKAGES = "Have the needed and declared packages"
    FIREWALL = "Have the firewall"
    SWAPPINESS = "Have the kernel's swappiness set at boot"
    SWAPFILE = "Have the swapfile"
    ACCOUNT = "Have the service user and its folders"
    RELEASE = "Have the release installed"
    UNIT = "Have the unit and its environment"
    SERVICE = "Have the declared release running"
    TIDY = "Have no more releases than declared"
    MODELS = "Have the declared models"
    GATEWAY_CERTIFICATE = "Have the gateway's certificate"
    GATEWAY_AUTHORITY = "Have the gateway's authority for its clients"
    GATEWAY_FILES = "Have the gateway's configuration"
    GATEWAY = "Have the gateway serving as declared"
    GATEWAY_ACME = "Have the certificate of the ACME authority"
    EXPORTER_FILES = "Have the exporter of Ollama's metrics"
    EXPORTERS = "Have the exporters running as declared"
    OBSERVER_FILES = "Have the configuration of Prometheus and Alertmanager"
    OBSERVER = "Have Prometheus and Alertmanager running as declared"
    OBSERVER_GRAFANA = "Have Grafana's data source and dashboard"
    MONITORING_TOOLS = "Have the host's own tools and bounds of its logs"
    MONITORING_UNITS = "Have the monitor's units"
    MONITORING = "Have the monitor's timer and the journal's bounds in force"
    BACKUP_FILES = "Have the backup's tool, settings and units"
    BACKUP_REPOSITORY = "Have the backup's repository"
    BACKUP_TIMERS = "Have the backup's timers running"
    VERIFY = "Have the deployment verified"
