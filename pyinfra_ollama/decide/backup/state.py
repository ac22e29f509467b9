"""What the backup needs to be as declared: read off the host's state alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyinfra_ollama import layout
from pyinfra_ollama.decide.backup.files import of, repository_stamp, timers_hash
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.settings import Declared
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.backup import BackupState

_UNASKED = BackupState(None, frozenset(), None)


def state(snapshot: Snapshot) -> BackupState:
    """The backup's part of the snapshot."""
    return snapshot.backup or _UNASKED


def repository_reasons(declared: Declared, snapshot: Snapshot) -> tuple[str, ...]:
    """Why the repository has to be asked, and made if there never was one.

    Once that is done it is the timers that notice when it is gone: an empty one that is made in
    its place would hide the loss.
    """
    found = state(snapshot).repository
    if found is None:
        return ("nobody made sure yet that there is a repository",)
    wanted = repository_stamp(declared)
    if found == wanted:
        return ()
    if found.partition(" ")[0] == wanted.partition(" ")[0]:
        return ("another password or login is declared",)
    return ("another repository is declared",)


def timer_reasons(units: Iterable[ManagedFile], snapshot: Snapshot) -> tuple[str, ...]:
    """Why the timers have to be started."""
    found = state(snapshot)
    reasons = [
        f"{unit}.timer does not run" for unit in layout.backup.UNITS if unit not in found.timers
    ]
    if not reasons and found.started != timers_hash(units):
        reasons.append("the timers were started with another schedule")
    return tuple(reasons)


def findings(declared: Declared, snapshot: Snapshot) -> Iterator[Finding]:
    """What preflight says of it."""
    if state(snapshot).shares_disk:
        place = of(declared).repository.place(declared.name)
        yield Finding(
            "warning",
            "backup",
            f"the repository {place} lies on the disk whose loss it is for",
            "mount another disk there, or declare Sftp, S3Bucket or Rest",
        )
