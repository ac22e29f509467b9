"""Which managed files differ from what is on the host, and how that reads as a diff."""

from __future__ import annotations

import base64
import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.snapshot import FileState


@dataclass(frozen=True)
class ManagedFile:
    """One file that the deployment owns whole.

    `content=None` means that it must not exist. `secret` content is never shown.
    """

    path: str
    content: str | None = field(repr=False)
    mode: str = "644"
    user: str = "root"
    group: str = "root"
    secret: bool = False

    @property
    def sha256(self) -> str | None:
        """The hash of the content, None for a file that must not exist."""
        return None if self.content is None else hashlib.sha256(self.content.encode()).hexdigest()


def differs(file: ManagedFile, found: FileState | None) -> bool:
    """Whether content, mode or owner of the file on the host is not as declared.

    A symbolic link never is: it is replaced itself, and what it leads to is not touched.
    RefusedError for a folder, which may hold things of others.
    """
    if found is not None and found.kind == "directory":
        raise RefusedError(f"{file.path} is a folder where a file belongs: move it away")
    if file.content is None or found is None:
        return (file.content is None) is not (found is None)
    there = (found.kind == "symbolic link", found.sha256, found.mode, found.user, found.group)
    return there != (False, file.sha256, file.mode, file.user, file.group)


def changed(files: Iterable[ManagedFile], found: Mapping[str, FileState]) -> list[ManagedFile]:
    """The files that have to be written or removed."""
    return [file for file in files if differs(file, found.get(file.path))]


def payload(files: Iterable[ManagedFile], write: Iterable[ManagedFile]) -> str:
    """Standard input of scripts/files.sh: every file, marked with what to do with it."""
    to_write = set(write)
    lines = []
    for file in files:
        if file.content is None:
            if file in to_write:
                lines.append(f"remove|{file.path}||||")
            continue
        action = "put" if file in to_write else "keep"
        body = base64.b64encode(file.content.encode()).decode()
        lines.append(f"{action}|{file.path}|{file.mode}|{file.user}|{file.group}|{body}")
    return "\n".join(lines) + "\n"


def diff(file: ManagedFile, found: FileState | None, old: str | None) -> Iterator[str]:
    """A unified diff of one changed file, a headline first; content of secrets is hidden."""
    if file.content is None:
        yield f"Will remove {file.path}"
        return
    if found and found.kind == "symbolic link":
        yield f"Will put a file in place of the link {file.path}"
    else:
        yield f"Will {'modify' if found else 'create'} {file.path}"
    if found and (found.mode, found.user, found.group) != (file.mode, file.user, file.group):
        was, will = (f"{state.mode} {state.user}:{state.group}" for state in (found, file))
        yield f"  mode and owner: {was} -> {will}"
    if file.secret:
        yield "  (content hidden)"
        return
    before = (old or "").splitlines()
    for line in list(difflib.unified_diff(before, file.content.splitlines(), lineterm=""))[2:]:
        yield f"  {line}"
