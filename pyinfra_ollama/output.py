"""A file for a command's data: refused before any work, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pyinfra_ollama.exits import Exit

__all__ = ["OutputError", "OutputFile"]


class OutputError(Exception):
    """The file cannot be written; `code` is what the command ends with."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.code = code


class OutputFile:
    """A path that can be written to, checked when it is named."""

    def __init__(self, path: Path) -> None:
        folder = path.parent
        if path.is_dir():
            raise OutputError(f"--output {path} is a folder; name a file", Exit.USAGE)
        if not folder.is_dir():
            raise OutputError(f"--output {path}: there is no folder {folder}", Exit.USAGE)
        # Devices and pipes are written to; a file is replaced by one made beside it.
        self._is_device = path.exists() and not path.is_file()
        if not os.access(path if self._is_device else folder, os.W_OK):
            raise OutputError(f"--output {path}: may not be written", Exit.USAGE)
        self._path = path

    def write(self, text: str) -> None:
        """Replace the file with `text` in one rename. Raises `OutputError`."""
        try:
            if self._is_device:
                self._path.write_text(text, encoding="utf-8")
            else:
                self._replace(text)
        except OSError as error:
            message = f"--output {self._path} was not written: {error.strerror or error}"
            raise OutputError(message, Exit.FAILED) from error

    def _replace(self, text: str) -> None:
        path = self._path.resolve()
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
