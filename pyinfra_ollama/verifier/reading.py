"""Reading the output of `probe.sh`; a section that is cut, failed or damaged is unknown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pyinfra_ollama.verifier.answers import (
    Disk,
    Localhost,
    PathState,
    Probe,
    Process,
    Socket,
    Swappiness,
)

__all__ = ["Reader", "parse", "path_state", "sections", "socket", "split"]

T = TypeVar("T")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Reader:
    """Reads sections one by one; what is missing or damaged is None, and noted in `problems`."""

    whole: Mapping[str, list[str]]
    problems: dict[str, str]

    def __call__(self, name: str, parser: Callable[[list[str]], T]) -> T | None:
        """Read one section."""
        if name not in self.whole:
            self.problems.setdefault(name, "no answer")
            return None
        try:
            return parser(self.whole[name])
        except (ValueError, IndexError, KeyError) as error:
            self.problems[name] = f"unreadable answer ({error})"
            return None


def parse(lines: Sequence[str]) -> Probe:
    """Read the script's output; a cut or damaged section becomes `None` and a problem."""
    whole, problems = sections(lines)
    if not lines or lines[-1] != "@@done":
        problems["script"] = "its output is cut off"

    read = Reader(whole, problems)
    return Probe(
        problems=problems,
        uid=read("uid", lambda body: int(body[0])),
        unit=read("unit", lambda body: dict(split(line, "=") for line in body)),
        process=read("process", _process),
        members=read("members", lambda body: frozenset(int(p.split("/")[2]) for p in body)),
        sockets=read("sockets", lambda body: tuple(map(socket, body))),
        executables=read("executables", lambda b: {int(k): v for k, v in map(split, b)}),
        current=read("links", lambda body: body[0] if body else ""),
        swaps=read("swaps", _swaps),
        fstab=read("fstab", tuple),
        swappiness=read("swappiness", _swappiness),
        memory=read("memory", lambda b: dict(_memory(line) for line in b if line.endswith(" kB"))),
        disks=read("disk", _disks),
        localhost=read("localhost", _localhost),
        paths=read("paths", lambda body: dict(map(path_state, body))),
    )


def sections(lines: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Whole sections by name, and what is wrong with the others."""
    whole: dict[str, list[str]] = {}
    problems: dict[str, str] = {}
    name, body = "", list[str]()
    for line in lines:
        if line.startswith("@@begin "):
            name, body = line.split()[1], []
        elif line.startswith("@@end ") and name:
            status = line.split()[-1]
            if status == "0":
                whole[name] = body
            else:
                problems[name] = f"the command ended with status {status}"
            name = ""
        elif name and line.strip():
            body.append(line)
    return whole, problems


def split(line: str, separator: str = " ") -> Pair:
    """What stands before and after the separator. Raises ValueError where it is missing."""
    key, found, value = line.partition(separator)
    if not found:
        raise ValueError(f"no {separator!r} in {line!r}")
    return key, value


def _process(body: list[str]) -> Process | None:
    if not body:
        return None
    said = dict(map(split, body))
    # Names are ASCII; a value with other bytes must not hide the rest.
    text = base64.b64decode(said["environ"], validate=True).decode("utf-8", "replace")
    pairs = [item.partition("=") for item in text.split("\0") if item]
    environ = {key: value for key, _, value in pairs}
    return Process(int(said["pid"]), said["exe"], environ, int(said["age"]))


def socket(line: str) -> Socket:
    """A line of `ss -H -t -u -l -n -p` (iproute2 5.15 to 6.15)."""
    fields = line.split(None, 6)
    address, _, port = fields[4].rpartition(":")
    users = fields[6] if len(fields) > 6 else ""
    return Socket(
        protocol=fields[0],
        address=address.strip("[]").partition("%")[0],
        port=int(port),
        pids=frozenset(int(pid) for pid in re.findall(r"pid=(\d+)", users)),
        commands=frozenset(re.findall(r'\("([^"]*)",pid=', users)),
    )


def _swaps(body: list[str]) -> dict[str, int]:
    """/proc/swaps: path to bytes."""
    if not body[0].startswith("Filename"):
        raise ValueError(f"no header but {body[0]!r}")
    rows = [line.split() for line in body[1:]]
    return {row[0].replace("\\040", " "): int(row[-3]) * 1024 for row in rows}


def _swappiness(body: list[str]) -> Swappiness:
    pairs = [split(line) for line in body]
    kept = [value.strip() for key, value in pairs if key == "kept"]
    said = dict(pairs)
    return Swappiness(int(said["now"]), said["writable"] == "yes", kept[-1] if kept else None)


def _memory(line: str) -> tuple[str, int]:
    key, value = split(line, ":")
    return key, int(value.split()[0]) * 1024


def _disks(body: list[str]) -> tuple[Disk, ...]:
    """`df -P -B1`, once per folder; two folders may share a file system."""
    rows = [line.split(None, 5) for line in body if not line.startswith("Filesystem")]
    return tuple({row[5]: Disk(row[5], int(row[3]), int(row[1])) for row in rows}.values())


def _localhost(body: list[str]) -> Localhost:
    said = dict(split(line) for line in body if re.match(r"[a-z_]+ ", line))
    addresses = [line.split()[0] for line in body if re.match(r"[0-9a-fA-F:.]+ +[A-Z]", line)]
    return Localhost(
        addresses=tuple(dict.fromkeys(addresses)),
        status=int(said["status"]),
        milliseconds=int(said["milliseconds"]),
        in_hosts_file=said["hosts_file"] == "yes",
    )


def path_state(line: str) -> tuple[str, PathState | None]:
    """A line of `stat -c '%a %U %G %s %F|%n'`, or `missing|PATH`."""
    facts, path = split(line, "|")
    if facts == "missing":
        return path, None
    mode, user, group, size, kind = facts.split(" ", 4)
    return path, PathState(int(mode, 8), user, group, int(size), kind)
