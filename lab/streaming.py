"""Streams of Ollama as a client sees them: asked over one connection, counted word by word."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

# Between the end of an answer and the next request on its connection.
THOUGHT_SECONDS = 0.02


@dataclass(frozen=True)
class Door:
    """Where to ask, and as who; without a context it is plain HTTP."""

    address: str
    port: int
    context: ssl.SSLContext | None = None
    name: str = "localhost"
    key: str = field(default="", repr=False)

    def request(self, body: bytes, path: str = "/api/chat") -> bytes:
        """The bytes of a request."""
        head = f"POST {path} HTTP/1.1\r\nHost: {self.name}\r\nContent-Length: {len(body)}\r\n"
        head += f"Authorization: Bearer {self.key}\r\n" if self.key else ""
        return f"{head}Content-Type: application/json\r\n\r\n".encode() + body


def question(model: str, words: int, *, first_ms: int = 20, each_ms: int = 20) -> bytes:
    """A chat that the stand-in for llama-server answers with so many words, at that pace."""
    asked = [{"role": "user", "content": f"pace {first_ms} {each_ms}"}]
    more = {"num_predict": words, "temperature": 0}
    return json.dumps({"model": model, "messages": asked, "options": more}).encode()


class ClosedError(Exception):
    """A connection that was used before was closed before a byte of an answer."""


@dataclass
class Connection:
    """A connection to a door; `used`: something was asked over it before."""

    door: Door
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: bool = False

    @classmethod
    async def open(cls, door: Door) -> Connection:
        """A new one."""
        name = door.name if door.context else None
        pair = await asyncio.open_connection(
            door.address, door.port, ssl=door.context, server_hostname=name
        )
        return cls(door, *pair)

    async def serves(self, door: Door) -> bool:
        """Whether it leads there and is open still; clients look before they use one again."""
        await asyncio.sleep(THOUGHT_SECONDS)
        if door == self.door and not self.reader.at_eof():
            return True
        await self.close()
        return False

    async def close(self) -> None:
        """Let it go, politely for a second."""
        with contextlib.suppress(OSError, TimeoutError):
            self.writer.close()
            async with asyncio.timeout(1):
                await self.writer.wait_closed()
        self.writer.transport.abort()

    async def ask(self, body: bytes, begun: Callable[[], None]) -> int:
        """Ask; the number of words that came, and ValueError for any other answer."""
        used, self.used = self.used, True
        try:
            self.writer.write(self.door.request(body))
            await self.writer.drain()
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            if used and not getattr(error, "partial", b""):
                raise ClosedError from None
            raise
        status = head.split(b" ", 2)[1].decode()
        if status != "200" or b"transfer-encoding: chunked" not in head.lower():
            raise ValueError(f"{status}: {head!r}")
        text, words = b"", 0
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            text += (await self.reader.readexactly(size + 2))[:-2]
            *lines, text = text.split(b"\n")
            for row in map(json.loads, lines):
                if row.get("done"):
                    await self.reader.readexactly(len(b"0\r\n\r\n"))
                    return words
                words += 1
                begun()
        raise EOFError(f"the stream ended after {words} words without its last line")


def together(doors: Sequence[Door], body: bytes, *, streams: int, rounds: int) -> tuple[int, float]:
    """Words and seconds of so many streams at once, each so many times on one connection."""

    async def one(number: int) -> int:
        connection = await Connection.open(doors[number % len(doors)])
        words = 0
        for _ in range(rounds):
            words += await connection.ask(body, lambda: None)
        await connection.close()
        return words

    async def everyone() -> tuple[int, float]:
        started = time.perf_counter()
        words = await asyncio.gather(*(one(number) for number in range(streams)))
        return sum(words), time.perf_counter() - started

    return asyncio.run(everyone())
