"""Files that would be written, as every task foretells them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyinfra_ollama.decide.files import ManagedFile, change, changed
from pyinfra_ollama.decide.plan.change import Change
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.steps import Step


def written(
    operation: Step,
    files: Iterable[ManagedFile],
    snapshot: Snapshot,
    texts: Mapping[str, str],
) -> Iterator[Change]:
    """Those that are not as they should be; `texts`: what the changed ones hold at present."""
    for file in changed(files, snapshot.files):
        seen = change(file, snapshot.files.get(file.path), texts.get(file.path))
        yield Change(operation, seen.action, seen.path, file=seen)


def reloaded(
    operation: Step,
    files: Iterable[ManagedFile],
    snapshot: Snapshot,
    texts: Mapping[str, str],
) -> Iterator[Change]:
    """The same for units, which systemd then reads anew."""
    units = tuple(written(operation, files, snapshot, texts))
    yield from units
    if units:
        yield Change(operation, "reload", "systemd", note="it reads its units anew")
