"""Grafana on an observer: what it is given where its own package is installed."""

from __future__ import annotations

from pyinfra_ollama.layout.roots import HOST_LIBRARY

UNIT = "grafana-server.service"
# What its package has there belongs to root and may be read by this group.
GROUP = "grafana"
DATA_SOURCE = "/etc/grafana/provisioning/datasources/pyinfra-ollama.yaml"
PROVIDER = "/etc/grafana/provisioning/dashboards/pyinfra-ollama.yaml"
DASHBOARD = f"{HOST_LIBRARY}/dashboards/pyinfra-ollama.json"
PROVISIONING = (DATA_SOURCE, PROVIDER)
FILES = (*PROVISIONING, DASHBOARD)
