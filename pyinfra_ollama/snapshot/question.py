"""What a run asks a host: derived from its settings, so every operation asks the same."""

from __future__ import annotations

from dataclasses import dataclass

from pyinfra_ollama import layout
from pyinfra_ollama.settings import HostSettings, Model


@dataclass(frozen=True)
class Question:
    """The arguments of scripts/snapshot.sh, in its order."""

    files: tuple[str, ...]
    packages: tuple[str, ...]
    base_url: str
    models_dir: str
    port: int
    show: tuple[str, ...]
    upgrade: str
    swapfile: str

    def arguments(self) -> tuple[str, ...]:
        """Positional arguments for the script."""
        return (
            "\n".join(self.files),
            " ".join(self.packages),
            self.base_url,
            self.models_dir,
            str(self.port),
            "\n".join(self.show),
            self.upgrade,
            self.swapfile,
        )


MANAGED = (layout.UNIT_FILE, layout.DROP_IN, layout.SECRETS_FILE, layout.SYSCTL_FILE)
REQUIRED_PACKAGES = ("ca-certificates", "curl", "iproute2", "procps", "zstd")


def wanted_packages(settings: HostSettings) -> tuple[str, ...]:
    """The declared tools and those the deployment itself needs, sorted."""
    return tuple(sorted({*REQUIRED_PACKAGES, *settings.packages.tools}))


def question_for(settings: HostSettings) -> Question:
    """The one question for a host that should be as `settings` say."""
    ollama = settings.ollama
    swapfile = settings.swap.path if settings.swap else ""
    folders = (layout.OPT, layout.RELEASES, layout.HOME, ollama.models_dir, layout.STATE)
    files = (*MANAGED, *([swapfile] if swapfile else []), *folders)
    return Question(
        files=files,
        packages=wanted_packages(settings),
        base_url=ollama.base_url,
        models_dir=ollama.models_dir,
        port=ollama.port,
        show=tuple(dict.fromkeys(name for model in ollama.models for name in _shown(model))),
        upgrade=settings.packages.upgrade,
        swapfile=swapfile,
    )


def _shown(model: Model) -> tuple[str, ...]:
    """The names that /api/show is asked for: what was made, and what it was made from."""
    if model.base:
        return (model.canonical, model.pulled.listed)
    return (model.canonical,) if model.options else ()
