"""The folders in which nothing is anybody else's, and under which most of it lies."""

from __future__ import annotations

CONFIGURATION = "/etc/pyinfra-ollama"
STATE = "/var/lib/pyinfra-ollama"
# What hosts run of this package's own; each program has a folder in it.
HOST_LIBRARY = "/usr/local/lib/pyinfra-ollama"
