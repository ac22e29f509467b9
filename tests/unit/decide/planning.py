"""What the tests of plans share: a bare host, and plans with every address answering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pyinfra_ollama.decide import reach
from pyinfra_ollama.decide.plan import Change, HostPlan, foretell
from pyinfra_ollama.decide.reach import Answer
from pyinfra_ollama.settings import Declared, HostSettings
from pyinfra_ollama.snapshot import PackageState, Snapshot

from .hosts import host, whole
from .served import TEMPLATES

MIB = 1024**2
ARCHIVE = "https://github.com/ollama/ollama/releases/download/v0.33.0/ollama-linux-amd64.tar.zst"
MANIFEST = '{"layers": [{"size": 1048576}], "config": {"size": 0}}'
DROP_IN = "/etc/systemd/system/ollama.service.d/50-pyinfra-ollama.conf"
SECRETS = "/etc/pyinfra-ollama/ollama.env"


def bare() -> Snapshot:
    """A host as it comes from the installer."""
    found = host(
        unit={"active": "inactive", "enabled": "", "exists": False, "pid": None, "exe": None},
        api={"version": None, "models": None},
        tools=frozenset({"ss", "systemctl", "apt-get"}),
        account={"exists": False, "home": None, "groups": frozenset()},
        packages=PackageState({"iproute2": "1"}, frozenset(), (), None),
    )
    return replace(found, files={})


def plan(
    settings: HostSettings | Declared, snapshot: Snapshot, texts: Mapping[str, str] | None = None
) -> HostPlan:
    """The plan, with every address answering."""
    declared = whole(settings) if isinstance(settings, HostSettings) else settings
    asked = reach.asks(declared.server, snapshot) if declared.server else ()
    answers = {a.url: Answer("200", 3 * MIB, "", MANIFEST) for a in asked}
    return foretell(
        declared,
        snapshot,
        asked=asked,
        answers=answers,
        texts=texts or {},
        templates=TEMPLATES,
    )


def words(changes: Iterable[Change]) -> list[str]:
    return [f"{change.action} {change.subject} ({change.note})" for change in changes]
