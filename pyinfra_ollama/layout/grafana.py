"""Grafana on an observer: what it is given where its own package is installed."""

from __future__ import annotations

from pyinfra_ollama.layout.roots import HOST_LIBRARY

DASHBOARD = f"{HOST_LIBRARY}/dashboards/pyinfra-ollama.json"
