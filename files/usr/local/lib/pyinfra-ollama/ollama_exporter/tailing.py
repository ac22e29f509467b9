"""New lines of a log that is rotated while it is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# So much of a log at once: a scrape has to end in time, and the rest is read by the next.
AT_ONCE = 8 << 20
LONGEST = 64 << 10


class Tail:
    """Begins at the end of what is there; later files are read from their beginning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._rest = b""
        self._open(at_end=True)

    @property
    def readable(self) -> bool:
        """Whether there is a log that may be read."""
        return self._file is not None

    def lines(self) -> Iterator[bytes]:
        """Whole lines that came since the last call, those of the file before a rotation first."""
        room = AT_ONCE
        while room > 0:
            if self._file is None:
                self._open()
            if self._file is None:
                return
            if self._file.tell() > os.fstat(self._file.fileno()).st_size:
                # Cut in place.
                self._file.seek(0)
                self._rest = b""
            text = self._file.read(room)
            room -= len(text)
            *whole, self._rest = (self._rest + text).split(b"\n")
            # A line that never ends is none.
            self._rest = self._rest if len(self._rest) < LONGEST else b""
            yield from whole
            if not text and not self._replaced():
                return

    def close(self) -> None:
        """Let the file go."""
        if self._file:
            self._file.close()

    def _open(self, *, at_end: bool = False) -> None:
        try:
            self._file = self._path.open("rb")
            self._file.seek(0, os.SEEK_END if at_end else os.SEEK_SET)
        except OSError:
            self._file = None

    def _replaced(self) -> bool:
        """Go on to the file that has the name now, if it is another."""
        if self._file is None:
            return False
        try:
            there, ours = self._path.stat(), os.fstat(self._file.fileno())
        except OSError:
            # Between two files of a rotation.
            return False
        if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino):
            return False
        self._file.close()
        self._rest = b""
        self._open()
        return self._file is not None
