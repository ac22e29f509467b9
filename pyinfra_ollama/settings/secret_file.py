"""A secret in a file on the machine that runs pyinfra: closed to others, outside the repository."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from .fetched import LONGEST_BYTES, MISTAKEN, SecretError, as_text


@dataclass(frozen=True)
class File:
    """A file on the machine that runs pyinfra, outside the repository and closed to others."""

    path: object

    def __str__(self) -> str:
        path = self._given()
        return f"Secret.file({path!r})" if path else f"Secret.file({MISTAKEN})"

    def _given(self) -> str | None:
        path = str(self.path) if isinstance(self.path, str | os.PathLike) else ""
        return path if path.startswith(("/", "~")) else None

    def fetch(self) -> str:
        path = self._path()
        try:
            # Opened first, so that what is judged is what is read; a pipe must not block.
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            raise self._refused(
                f"no file {path}", "put the secret there (umask 077), or correct the path"
            ) from None
        except (OSError, ValueError) as error:
            raise self._refused(
                f"{path} cannot be read: {getattr(error, 'strerror', error)}",
                "let the user who runs pyinfra read it, or correct the path",
            ) from None
        try:
            self._judge(path, os.fstat(handle))
            return as_text(os.read(handle, LONGEST_BYTES + 1), what=str(path))
        finally:
            os.close(handle)

    def _path(self) -> Path:
        given = self._given()
        if given is None:
            raise self._refused(
                "a path that begins neither with / nor with ~/",
                "write Secret.file('/path/to/the/secret')",
            )
        try:
            return Path(given).expanduser()
        except RuntimeError:
            raise self._refused(f"no home folder for {given}", "write the whole path") from None

    def _judge(self, path: Path, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise self._refused(f"{path} is no regular file", "name the file that holds the secret")
        inside = _work_tree()
        if inside is not None and path.resolve().is_relative_to(inside):
            raise self._refused(
                f"{path} lies inside the git work tree {inside}",
                "move it out of the repository; if it was ever committed, replace the secret",
            )
        mode = stat.S_IMODE(found.st_mode)
        if mode & 0o077:
            raise self._refused(f"{path} is open to others (mode {mode:04o})", f"chmod 600 {path}")

    def _refused(self, seen: str, remedy: str) -> SecretError:
        return SecretError(
            seen=seen,
            accepted="a file outside the repository that only the user who runs pyinfra may read",
            remedy=remedy,
        )


def _work_tree() -> Path | None:
    """The git work tree that pyinfra was started in."""
    here = Path.cwd().resolve()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), None)
