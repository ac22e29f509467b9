"""Release archives on the controller, for hosts without a way out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.release import Plan, installed, plan
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.snapshot import Snapshot


def findings(settings: HostSettings, snapshot: Snapshot) -> Iterator[Finding]:
    """What is wrong with an archive that is about to be sent."""
    wanted = plan(settings, snapshot)
    if installed(wanted, snapshot):
        return
    try:
        hashes(wanted)
    except RefusedError as refusal:
        yield Finding("failure", "release", str(refusal))


def hashes(wanted: Plan) -> tuple[str, ...]:
    """The hash of each local archive: what is pinned, else said beside it, else its own.

    RefusedError when an archive is not what its pin or its sha256sum.txt says.
    """
    pairs = zip(wanted.local, wanted.archives, strict=True) if wanted.local else ()
    return tuple(_checked(path, archive.sha256) for path, archive in pairs)


def _checked(path: Path, pinned: str | None) -> str:
    try:
        seen = path.stat()
        found = _sha256(path, seen.st_size, seen.st_mtime_ns)
    except OSError as error:
        raise RefusedError(f"release.archive {path} cannot be read: {error.strerror}") from error
    expected = pinned or _beside(path)
    if expected and expected != found:
        raise RefusedError(
            f"release.archive {path} has the SHA-256 {found}, expected {expected}: "
            "nothing was sent; fetch the archive again, or correct release.sha256"
        )
    return found


@cache
def _sha256(path: Path, size: int, modified: int) -> str:
    """Of a gigabyte or more, so read once for all hosts as long as the file stays the same."""
    digest = hashlib.sha256()
    with path.open("rb") as archive:
        while block := archive.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _beside(path: Path) -> str | None:
    sums = path.with_name("sha256sum.txt")
    if not sums.is_file():
        return None
    for line in sums.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split()
        if len(fields) == 2 and fields[1].lstrip("*").removeprefix("./") == path.name:
            return fields[0].lower()
    return None
