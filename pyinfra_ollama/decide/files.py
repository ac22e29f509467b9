"""Which managed files differ from what is on the host, and how that reads as a diff."""

from __future__ import annotations

import base64
import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.snapshot import FileState

_IN_ADDRESS = re.compile(r"(\w://)[^/\s\"'@]+@")
_ASSIGNED = re.compile(
    r"(\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|CREDENTIAL)\w*=).+", re.IGNORECASE
)


@dataclass(frozen=True)
class ManagedFile:
    """One file that the deployment owns whole.

    `content=None` means that it must not exist. `secret` content is never shown; `program`: it is
    one of the package's own, the same on all hosts, whose lines are no news in a diff.
    """

    path: str
    content: str | None = field(repr=False)
    mode: str = "644"
    user: str = "root"
    group: str = "root"
    secret: bool = False
    program: bool = False

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


FileAction = Literal["create", "modify", "replace", "remove"]


@dataclass(frozen=True)
class FileChange:
    """What becomes of one file; `before` and `after` are mode and owner, as "644 root:root".

    `diff`: the lines of a unified diff, without its two lines of file names; whole for a new
    file, empty for content that is hidden or stays.
    """

    path: str
    action: FileAction
    before: str | None
    after: str | None
    diff: tuple[str, ...] = ()
    hidden: bool = False


def change(file: ManagedFile, found: FileState | None, old: str | None) -> FileChange:
    """Describe the change of a file that differs; `old` is its text, None for what is not shown."""
    before = f"{found.mode} {found.user}:{found.group}" if found else None
    after: str | None = f"{file.mode} {file.user}:{file.group}"
    action: FileAction = "modify" if found else "create"
    if file.content is None:
        action, after = "remove", None
    elif found and found.kind == "symbolic link":
        action = "replace"
    lines = () if file.secret or file.program else tuple(_unified(old or "", file.content or ""))
    return FileChange(file.path, action, before, after, lines, hidden=file.secret)


def readable(files: Iterable[ManagedFile], found: Mapping[str, FileState]) -> tuple[str, ...]:
    """The files whose present text may be shown beside the new one."""
    return tuple(
        file.path
        for file in files
        if not (file.secret or file.program)
        and file.path in found
        and found[file.path].kind.startswith("regular")
    )


def diff(file: ManagedFile, found: FileState | None, old: str | None) -> Iterator[str]:
    """A unified diff of one changed file, a headline first; content of secrets is hidden."""
    seen = change(file, found, old)
    replaces = seen.action == "replace"
    yield f"Will {'put a file in place of the link' if replaces else seen.action} {file.path}"
    if seen.before and seen.after and seen.before != seen.after:
        yield f"  mode and owner: {seen.before} -> {seen.after}"
    if seen.hidden:
        yield "  (content hidden)"
    for line in seen.diff:
        yield f"  {line}"


def _unified(old: str, new: str) -> Iterator[str]:
    for line in list(difflib.unified_diff(_lines(old), _lines(new)))[2:]:
        yield _without_credentials(line.removesuffix("\n"))
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    # str.splitlines would also split at what is no line break to a program that reads the file.
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _without_credentials(line: str) -> str:
    """A line without what a person may have written into a file before it was managed."""
    return _ASSIGNED.sub(r"\1*MASKED*", _IN_ADDRESS.sub(r"\1*MASKED*@", line))
