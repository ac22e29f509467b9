"""Asks hosts whether they are what the settings declare; never trusts the deployment.

`verify_inventory(Options("inventories/prod.py"))` is what `pyinfra-ollama verify` does;
`verify_host(host, settings)` works inside a pyinfra run. Nothing here writes to a host, except
that models are loaded to prove that they load. The checks are documented in docs/verify.md.
"""

from __future__ import annotations

# Patches the standard library for gevent; what uses sockets comes after it.
from pyinfra_ollama.engine import Options

# isort: split
from pyinfra_ollama.verifier.results import HostReport, Report, Result
from pyinfra_ollama.verifier.runner import verify_fleet, verify_host, verify_inventory

__all__ = [
    "HostReport",
    "Options",
    "Report",
    "Result",
    "verify_fleet",
    "verify_host",
    "verify_inventory",
]
