"""`environment`: the running process has exactly the declared variables."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.verifier.answers import Probe
from pyinfra_ollama.verifier.checks.base import UNIT, failed, listed, passed, unknown, warned
from pyinfra_ollama.verifier.results import Result

__all__ = ["environment"]

# What the server and its runners read (Ollama 0.33.0 envconfig, llama.cpp b10488, GPU runtimes).
_OURS = re.compile(
    r"(OLLAMA|LLAMA_ARG|GGML|CUDA|HIP|ROCR|HSA|GPU)_.*|(HTTPS?|ALL|NO)_PROXY", re.IGNORECASE
)
_SECRET = re.compile(r"PROXY|KEY|TOKEN|SECRET|PASSWORD|AUTH", re.IGNORECASE)
# Variables with a check of their own, which says the same and more.
_JUDGED_BY = {"OLLAMA_HOST": "listeners", "OLLAMA_NO_CLOUD": "no-cloud"}


def environment(settings: HostSettings, probe: Probe, red: Collection[str]) -> Result:
    """Compare /proc/PID/environ with the settings; `red` names the checks that failed already.

    Values of secret variables are compared, never shown.
    """
    declared = settings.environ()
    if probe.process is None:
        return unknown("environment", probe.why("process"))
    running = {
        name: value
        for name, value in probe.process.environ.items()
        if name in declared or _OURS.fullmatch(name)
    }
    secret = {name for name in declared | running if _SECRET.search(name)} | declared.secret_names
    differing = [
        name for name in sorted(declared | running) if declared.get(name) != running.get(name)
    ]
    expected = _shown(declared, differing or declared, secret)
    found = _shown(running, differing, secret)
    if not differing:
        count = f"{len(declared)} variables as declared"
        return passed("environment", count, expected=expected)
    judges = [_JUDGED_BY.get(name, "") for name in differing]
    if all(judge in red for judge in judges):
        found = f"{found} (red already in {listed(sorted(set(judges)))})"
        return warned("environment", expected=expected, found=found)
    look = f"xargs -0n1 </proc/$(systemctl show -p MainPID --value {UNIT})/environ"
    return failed("environment", expected=expected, found=found, look=look)


def _shown(values: Mapping[str, str], names: Collection[str], secret: Collection[str]) -> str:
    def one(name: str) -> str:
        if name not in values:
            return f"no {name}"
        return f"{name}={'(hidden)' if name in secret else values[name]}"

    return listed(map(one, names))
