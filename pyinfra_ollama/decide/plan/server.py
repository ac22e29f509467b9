"""What would change of the server itself: release, process, models, verification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide import models as declared_models
from pyinfra_ollama.decide import reach, verified
from pyinfra_ollama.decide import release as releases
from pyinfra_ollama.decide import service as services
from pyinfra_ollama.decide.plan.change import Change, Detail
from pyinfra_ollama.decide.reach import Answer, Ask
from pyinfra_ollama.decide.unit import UnitFiles
from pyinfra_ollama.settings import Declared, HostSettings, Model, human_size
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def release(
    settings: HostSettings, snapshot: Snapshot, answers: Mapping[str, Answer]
) -> Iterator[Change]:
    """The release that is installed beside the others."""
    wanted = releases.plan(settings, snapshot)
    if releases.installed(wanted, snapshot):
        return
    before = _current(snapshot)
    if wanted.local:
        sources = tuple(str(path) for path in wanted.local)
        size: int | None = wanted.local_bytes
    else:
        sources = tuple(archive.url for archive in wanted.archives)
        lengths = [answers[url].length for url in sources if url in answers]
        known = [length for length in lengths if length is not None]
        size = sum(known) if len(known) == len(sources) else None
    details = {
        "version": wanted.version,
        "from_version": before,
        "sources": sources,
        "size_bytes": size,
        "left_out": wanted.exclude,
    }
    switch = f"{before} -> {wanted.version}" if before != wanted.version else "installed anew"
    parts = (before and switch, f"from {' and '.join(sources)}", _size(size))
    note = ", ".join(part for part in parts if part)
    why = ("what is there is of another kind",) if wanted.version in snapshot.releases else ()
    yield Change(
        Step.RELEASE, "install", f"ollama {wanted.version}", note, why=why, details=details
    )


def service(settings: HostSettings, snapshot: Snapshot, unit: UnitFiles) -> Iterator[Change]:
    """The running process."""
    need = services.need(settings, snapshot, unit)
    if not need.reasons:
        return
    if need.restart:
        action = "restart" if need.running else "start"
    else:
        action = "reload" if snapshot.unit.needs_reload else "mend"
    before, version = _current(snapshot), settings.ollama.version
    note = f"{before} -> {version}" if before and before != version else ""
    if need.adopt:
        note = f"the files that are there become the release {layout.OFFICIAL_RELEASE!r}"
    details: dict[str, Detail] = {
        "restart": need.restart,
        "from_version": before,
        "version": version,
    }
    yield Change(Step.SERVICE, action, layout.UNIT, note, why=need.reasons, details=details)


def tidy(settings: HostSettings, snapshot: Snapshot) -> Iterator[Change]:
    """Releases that are cleared away."""
    for name in releases.surplus(settings, snapshot):
        yield Change(Step.TIDY, "remove", f"{layout.RELEASES}/{name}")


def models(
    settings: HostSettings,
    snapshot: Snapshot,
    asked: tuple[Ask, ...],
    answers: Mapping[str, Answer],
) -> Iterator[Change]:
    """Pulls and creations."""
    sizes = reach.sizes(asked, answers)[1] if answers else {}
    pulled = set()
    for item in declared_models.work(settings, snapshot):
        if item.pull and item.pull not in pulled:
            pulled.add(item.pull)
            size = sizes.get(item.pull)
            yield Change(Step.MODELS, "pull", item.pull, _size(size), details={"size_bytes": size})
        if item.create:
            yield _created(item.model)


def _created(model: Model) -> Change:
    values = model.options.parameters() if model.options else {}
    options = tuple(f"{key}={value!r}" for key, value in values.items())
    note = ", ".join([f"from {model.pulled.listed}", *options])
    details: dict[str, Detail] = {"from": model.pulled.listed, "parameters": options}
    return Change(Step.MODELS, "create", model.canonical, note, details=details)


def verification(declared: Declared, snapshot: Snapshot, templates: Path) -> Iterator[Change]:
    """The verifier's look at the host afterwards."""
    if verified.due(declared, snapshot, templates):
        models = declared.server.ollama.models if declared.server else ()
        loads = declared.verify.generate and bool(models)
        note = "loads every model" if loads else ""
        yield Change(Step.VERIFY, "verify", "the host", note, details={"loads_models": loads})


def _current(snapshot: Snapshot) -> str | None:
    return snapshot.links.get(layout.CURRENT, "").removeprefix("releases/") or None


def _size(size: int | None) -> str:
    return "" if size is None else human_size(size)
