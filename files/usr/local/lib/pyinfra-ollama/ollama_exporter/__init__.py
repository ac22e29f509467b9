"""Metrics of an Ollama host for Prometheus, with Python's standard library only.

It asks beside the requests of clients: the API's own lists, /proc, the service's cgroup, the
runners and the gateway's log. Nothing of a client passes through it.
"""
