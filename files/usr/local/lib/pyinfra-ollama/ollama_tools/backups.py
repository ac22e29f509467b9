"""How this host's backup went, where there is one: what it noted of its last runs.

KEY=VALUE lines in /var/lib/pyinfra-ollama/backup, which only root may read.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ollama_tools.checks import Check, Status

__all__ = ["backups"]

FOLDER = Path("/var/lib/pyinfra-ollama/backup")
_WORDS = {"run": "backup", "check": "backup-check", "rehearse": "backup-rehearsal"}


def backups(folder: Path | None = None, *, now: float | None = None) -> Iterable[Check]:
    """A check for each kind of run that there was; none without a backup, or without the right."""
    for kind, name in _WORDS.items():
        try:
            text = ((folder or FOLDER) / kind).read_text(encoding="utf-8")
        except OSError:
            continue
        said = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        good = int(said["good"]) if said.get("good", "").isdigit() else None
        age = (time.time() if now is None else now) - good if good else None
        when = "never" if age is None else f"{age / 3600:.1f} hours ago"
        figures = {} if age is None else {"age_seconds": round(age)}
        if said.get("result") == "good":
            yield Check(name, Status.OK, f"good {when}", figures)
        else:
            reason = said.get("reason") or "it failed"
            yield Check(name, Status.CRITICAL, f"{name}: {reason}; good {when}", figures)
