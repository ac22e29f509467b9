"""What preflight says of an installation that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.decide import release
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


def findings(settings: HostSettings, snapshot: Snapshot) -> Iterator[Finding]:
    """Others' units and drop-ins; one of ours says that debug mode is on."""
    unit = snapshot.unit
    if (unit.exists and not unit.managed) or release.adopting(snapshot):
        if settings.release.adopt:
            yield Finding("ok", "existing", "an installation of the official script, taken over")
        elif not unit.managed:
            yield Finding(
                "failure",
                "existing",
                "an installation that this package did not make",
                "take it over with Release(adopt=True), or remove it (models stay): "
                f"systemctl disable --now {layout.UNIT}; "
                f"rm -rf {layout.UNIT_FILE} {layout.COMMAND} {layout.OFFICIAL_LIBRARY}",
            )
    for path in unit.foreign_environment:
        if path == layout.DEBUG_DROP_IN:
            seen = "the server is in debug mode, which a deployment would leave half undone"
            remedy = "wait until it ends by itself, or: pyinfra-ollama debug INVENTORY --off"
            yield Finding("failure", "debug", seen, remedy)
            continue
        yield Finding(
            "failure",
            "drop-in",
            f"{path} sets the environment or the program of the service",
            "declare them in Ollama(...) and remove them there",
        )
