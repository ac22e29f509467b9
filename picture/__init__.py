"""The dashboard's picture: real hosts, a little load, and what their Prometheus says.

Nothing here is of Grafana, and nothing that is deployed uses it: `make dashboard-picture`.
"""
