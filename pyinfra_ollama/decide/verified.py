"""When the verifier has to look again: what it looked at last, as one hash."""

from __future__ import annotations

import hashlib
import json

from pyinfra_ollama.decide.unit import ServiceEnvironment
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


def fingerprint(settings: HostSettings, snapshot: Snapshot, declared: ServiceEnvironment) -> str:
    """Everything whose change can break what was verified, and nothing that moves by itself.

    A restart of the service or of the host is not in it: checking on those is monitoring's
    work, and `pyinfra-ollama verify` is there at any time.
    """
    listed = snapshot.api.models or {}
    parts = {
        "version": settings.ollama.version,
        "environment": declared.sha256,
        "models": {m.canonical: listed.get(m.canonical) for m in settings.ollama.models},
        "swap": settings.swap.model_dump(mode="json") if settings.swap else None,
        "verify": settings.verify.model_dump(mode="json"),
        "service": settings.service.model_dump(mode="json"),
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
