"""The public certificate of a gateway's own authority, brought to where pyinfra runs."""

from __future__ import annotations

from pathlib import Path

from pyinfra_ollama.decide.gateway.state import state
from pyinfra_ollama.settings import GatewaySettings, SelfSigned
from pyinfra_ollama.snapshot import Snapshot


def destination(settings: GatewaySettings, host: str) -> Path | None:
    """The declared file on the machine that runs pyinfra, if there is one."""
    tls = settings.gateway.tls
    if not isinstance(tls, SelfSigned) or tls.fetch_to is None:
        return None
    return Path(str(tls.fetch_to).replace("{host}", host)).expanduser()


def missing(settings: GatewaySettings, snapshot: Snapshot, host: str) -> Path | None:
    """The declared file, if it is not what the host's authority is or is about to be."""
    path, authority = destination(settings, host), state(snapshot).authority
    if path is None:
        return None
    try:
        same = authority is not None and path.read_text(encoding="ascii") == authority
    except (OSError, ValueError):
        same = False
    return None if same else path
