"""Parse what stat and sha256sum say: one line for each path that there is.

GNU coreutils 9.1 and 9.7 (Debian 12 and 13, 2026-11) print `%N` as PATH or PATH -> TARGET, without
quotes when QUOTING_STYLE is literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pyinfra_ollama import layout
from pyinfra_ollama.snapshot.model import FileState, ReleaseState

LINKS = (layout.CURRENT, layout.PREVIOUS, layout.COMMAND)
LINK = "symbolic link"


@dataclass(frozen=True)
class Stat:
    """One path: its state, when it was changed, and where it leads if it is a link."""

    state: FileState
    modified: int
    target: str


def stats(lines: Iterable[str]) -> dict[str, Stat]:
    """All that was asked about, by path."""
    found = {}
    for line in lines:
        kind, mode, user, group, size, modified, path, shown = line.split("|", 7)
        if not shown.startswith(path):
            raise ValueError(f"stat speaks of two paths: {line!r}")
        target = shown.removeprefix(path).removeprefix(" -> ")
        found[path] = Stat(FileState(kind, mode, user, group, int(size)), int(modified), target)
    return found


def files(found: Mapping[str, Stat], hashes: Iterable[str]) -> dict[str, FileState]:
    """The managed files and folders, without what else was asked about."""
    digests = {path: digest for digest, path in (line.split("  ", 1) for line in hashes)}
    return {
        path: replace(stat.state, sha256=digests.get(path))
        for path, stat in found.items()
        if not _is_other(path)
    }


def links(found: Mapping[str, Stat]) -> dict[str, str]:
    """Where the links of the package lead; "" for what is there and no link."""
    return {path: found[path].target for path in LINKS if path in found}


def releases(found: Mapping[str, Stat], notes: Iterable[str]) -> dict[str, ReleaseState]:
    """The folders of releases, with what was noted in each."""
    noted = dict(line.split("|", 1) for line in notes)
    return {
        name: ReleaseState(
            found[layout.release_directory(name)].modified,
            dict(note.split("=", 1) for note in text.split() if "=" in note),
        )
        for name, text in noted.items()
    }


def _is_other(path: str) -> bool:
    is_release = path.startswith(f"{layout.RELEASES}/")
    return is_release or path in LINKS or path == layout.APT_STAMP or path.startswith("/proc/")
