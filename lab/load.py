"""A client that holds many streams of Ollama at once, and tells of each whether it came whole.

Half of the streams open a connection for each request, the others use theirs again unless it has
been closed meanwhile, as the connection pools of HTTP clients do. It may still be closed while the
next request is on its way: HTTP has the client send it again then, and so does this one, which
counts how often.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from lab.streaming import ClosedError, Connection, Door

PATIENCE_SECONDS = 60


@dataclass
class Tally:
    """What became of the streams."""

    whole: int = 0
    words: int = 0
    resent: int = 0
    failures: list[str] = field(default_factory=list)


async def gone(connection: Connection | None) -> Connection | None:
    """Close what is open; then there is none."""
    if connection is not None:
        await connection.close()
    return None


class Load:
    """So many streams, asked anew as each ends, while the `with` block runs.

    It is entered when every stream has its first word, and left when every stream has its last.
    `doors` may be replaced meanwhile: each next request goes to the new ones.
    """

    def __init__(
        self, doors: Sequence[Door], body: bytes, words: int, *, streams: int = 16
    ) -> None:
        self.doors = tuple(doors)
        self.tally = Tally()
        self._body, self._words, self._streams = body, words, streams
        self._begun: set[int] = set()
        self._rounds = [0] * streams
        self._all_begun, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Load:
        self._thread.start()
        if not self._all_begun.wait(PATIENCE_SECONDS):
            self._ending.set()
            raise TimeoutError(f"{len(self._begun)} of {self._streams} streams began: {self.tally}")
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(PATIENCE_SECONDS * 2)

    def end(self) -> None:
        """Let the streams in progress be the last ones."""
        self._ending.set()

    def next_round(self) -> None:
        """Wait until each stream that is in progress now has ended, and another has begun."""
        wanted = [number + 1 for number in self._rounds]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(found < number for found, number in zip(self._rounds, wanted, strict=True)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not every stream was begun anew: {self.tally}")
            time.sleep(0.05)

    def _run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._one(number) for number in range(self._streams)))

    async def _one(self, number: int) -> None:
        connection: Connection | None = None
        # One at least, whatever happens.
        while not self._rounds[number] or not self._ending.is_set():
            self._rounds[number] += 1
            door = self.doors[number % len(self.doors)]
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    if connection is None or not await connection.serves(door):
                        connection = await Connection.open(door)
                    found = await connection.ask(self._body, lambda: self._has_begun(number))
            except ClosedError:
                self.tally.resent += 1
                connection = await gone(connection)
                continue
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                self.tally.failures.append(f"{type(error).__name__}: {error}")
                connection = await gone(connection)
                # What refuses at once is not asked a thousand times a second.
                await asyncio.sleep(0.1)
                continue
            self.tally.words += found
            if found == self._words:
                self.tally.whole += 1
            else:
                self.tally.failures.append(f"{found} of {self._words} words")
            # Half of them, whichever door they take.
            if number // len(self.doors) % 2:
                connection = await gone(connection)
        await gone(connection)

    def _has_begun(self, number: int) -> None:
        self._begun.add(number)
        if len(self._begun) == self._streams:
            self._all_begun.set()
