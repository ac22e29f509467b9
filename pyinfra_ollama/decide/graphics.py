"""What preflight says of a host's GPU."""

from __future__ import annotations

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.snapshot import Snapshot


def finding(snapshot: Snapshot) -> Finding:
    """Which one there is, and whether its driver is."""
    gpu = snapshot.gpu
    if gpu.vendor is None:
        return Finding("ok", "gpu", "none, the CPU is used")
    if gpu.driver:
        return Finding("ok", "gpu", f"{gpu.vendor} with its driver")
    remedy = "install the vendor's driver; until then the CPU is used"
    return Finding("warning", "gpu", f"{gpu.vendor} without its driver", remedy)
