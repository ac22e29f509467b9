"""A load on a server with faults, in a process without gevent: `python loading.py CASE ROUNDS`.

Prints what the load says of itself as JSON.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from lab.load import Load
from lab.streaming import Door, question, together

WORDS = 5
ANSWERED: set[object] = set()
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[bool]]


def chunk(**row: object) -> bytes:
    line = json.dumps(row).encode() + b"\n"
    return b"%x\r\n%s\r\n" % (len(line), line)


async def whole(_: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    """A whole stream, on a connection that stays."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _word in range(WORDS):
        writer.write(chunk(done=False))
        await writer.drain()
        await asyncio.sleep(0.002)
    writer.write(chunk(done=True) + b"0\r\n\r\n")
    return True


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    """A whole stream, then the connection is closed."""
    await whole(reader, writer, number)
    return False


async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    """Every third stream ends in the middle."""
    if number % 3:
        return await whole(_, writer, number)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(done=False))
    return False


async def short(_: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    """Ends by the rules after one word."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(done=False))
    writer.write(chunk(done=True) + b"0\r\n\r\n")
    return True


async def dropping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    """The second request of every connection is met by its end, without a word."""
    known = writer.get_extra_info("socket").getpeername()
    if known in ANSWERED:
        return False
    ANSWERED.add(known)
    return await whole(reader, writer, number)


async def refusing(_: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    """Every third request is told to go away."""
    if number % 3:
        return await whole(_, writer, number)
    writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    return False


@contextmanager
def served(answer: Answer) -> Iterator[Door]:
    """A server on loopback that answers so; requests are counted from 0."""
    ready, ports, counted = threading.Event(), [0], [-1]
    loop = asyncio.new_event_loop()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
                await reader.readexactly(int(size))
                counted[0] += 1
                if not await answer(reader, writer, counted[0]):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(one, "127.0.0.1", 0)
        ports[0] = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    try:
        yield Door("127.0.0.1", ports[0])
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


CASES: dict[str, Answer] = {
    found.__name__: found for found in (whole, closing, cut, short, dropping, refusing)
}


def main(case: str, rounds: int) -> None:
    """Hold four streams for so many rounds."""
    with (
        served(CASES[case]) as door,
        Load([door], question("m", WORDS), WORDS, streams=4) as load,
    ):
        for _ in range(rounds):
            load.next_round()
    print(json.dumps(dataclasses.asdict(load.tally)))


def timed() -> None:
    """Three streams, twice each."""
    with served(whole) as door:
        print(json.dumps(together([door], question("m", WORDS), streams=3, rounds=2)))


if __name__ == "__main__":
    if sys.argv[1] == "timed":
        timed()
    else:
        main(sys.argv[1], int(sys.argv[2]))
