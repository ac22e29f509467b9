"""Where a service listens.

Outside behaviour relied on: proc(5), read by root on kernels 6.1 to 6.12: `fd` of a process links
its sockets as `socket:[INODE]`; `net/tcp` has the local address in words of the machine's byte
order, in hexadecimal, then the port, state 0A for one that listens, and the inode as tenth field.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from ollama_tools.asking import Answer
from ollama_tools.config import Service
from ollama_tools.units import Unit

__all__ = ["elsewhere", "listening"]

PROC = Path("/proc")
_LISTENS = "0A"


def elsewhere(service: Service, unit: Unit) -> Answer | None:
    """What to say of a service that refuses where it is asked, and listens elsewhere.

    A deployment that was cut off may have moved it before the tools were told.
    """
    found = listening(unit.pid) if unit.pid else []
    if not found:
        return None
    asked = f"{service.host}:{service.port}"
    text = f"it listens on {', '.join(found)}, not on {asked}; deploy to this host"
    return Answer("elsewhere", text)


def listening(pid: int, proc: Path = PROC) -> list[str]:
    """Addresses with ports, of this process alone; none of one that ended or may not be read."""
    process = proc / str(pid)
    inodes = set(_sockets(process))
    return [address for inode, address in _all(process) if inode in inodes] if inodes else []


def _sockets(process: Path) -> Iterator[str]:
    try:
        links = list((process / "fd").iterdir())
    except OSError:
        return
    for link in links:
        try:
            target = os.readlink(link)
        except OSError:
            # It was closed meanwhile.
            continue
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").rstrip("]")


def _all(process: Path) -> Iterator[tuple[str, str]]:
    for name in ("tcp", "tcp6"):
        try:
            lines = (process / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTENS:
                yield fields[9], _address(fields[1])


def _address(text: str) -> str:
    words, _, port = text.rpartition(":")
    raw = bytes.fromhex(words)
    if sys.byteorder == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    host = ip_address(raw)
    return f"{f'[{host}]' if host.version == 6 else host}:{int(port, 16)}"
