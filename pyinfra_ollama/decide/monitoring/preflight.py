"""Whether a host is fit for the observer that is declared for it."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.settings import ObserverSettings
from pyinfra_ollama.snapshot import Snapshot


def findings(settings: ObserverSettings, snapshot: Snapshot) -> Iterator[Finding]:
    """What a person has Prometheus observe there already, and whom it is to observe."""
    found = snapshot.monitoring
    if found and found.foreign:
        yield Finding(
            "failure",
            "observer",
            f"{' and '.join(found.foreign)} would be replaced, which somebody wrote",
            "have another host observe, or move these files away",
        )
    elif not settings.targets:
        yield Finding(
            "warning",
            "observer",
            "no host has metrics to observe",
            "write metrics = Metrics() for the hosts that it is to observe",
        )
    else:
        yield Finding("ok", "observer", f"{len(settings.targets)} hosts to observe")
