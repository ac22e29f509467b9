"""When the verifier has to look again."""

from __future__ import annotations

import hashlib
import json

from pyinfra_ollama.decide import models, service
from pyinfra_ollama.decide.unit import UnitFiles
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot

# The operations whose changes have to be verified remove the stamp before they act, so a run
# that is killed between changing and verifying is verified by the next one.
STAMP = "verified"


def fingerprint(settings: HostSettings, declared: UnitFiles) -> str:
    """Everything declared that the checks look at, as one hash.

    What happens to the host by itself (a restart, a reboot) is not in it: looking at that is
    monitoring's work, and `pyinfra-ollama verify` is there at any time.
    """
    parts = {
        "version": settings.ollama.version,
        "environment": declared.environment.sha256,
        "models": [repr(model) for model in settings.ollama.models],
        "swap": repr(settings.swap),
        "service": repr(settings.service),
        "verify": repr(settings.verify),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def due(settings: HostSettings, snapshot: Snapshot, declared: UnitFiles) -> bool:
    """Whether something was declared or changed, or is about to be, since it was verified."""
    return (
        snapshot.verified != fingerprint(settings, declared)
        or bool(service.need(settings, snapshot, declared).reasons)
        or bool(models.work(settings, snapshot))
    )
