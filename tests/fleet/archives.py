"""Release archives for the lab's mirror: whole ones of other versions, and damaged ones.

A program in them is a shell script where that does, so that a run takes no time; `renamed`
makes a real server that calls itself another version.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from lab import build
from lab.state import LabState

NAME = f"ollama-linux-{build.architecture()}.tar.zst"

FAILS = "echo 'Error: no such thing as a GPU' >&2; exit 1"
HANGS = "exec sleep 1000"
# perl is on every Debian host. It takes connections and never says a word.
MUTE = (
    "exec perl -MIO::Socket::INET -e '"
    '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 11434, Listen => 9,'
    " ReuseAddr => 1) or die; push @c, $s->accept while 1'"
)


def program(version: str, serve: str = FAILS) -> bytes:
    """A stand-in for bin/ollama that answers --version; `serve` is what else it does, in shell."""
    return f"""#!/bin/sh
if [ "$1" = --version ]; then echo 'Warning: client version is {version}'; exit; fi
{serve}
""".encode()


def member(
    name: str, *, mode: int = 0o644, kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tarfile.TarInfo:
    """One entry of an archive, root's."""
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.linkname = mode, kind, link
    return info


def packed(members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """A .tar.zst of these members, with whatever names and modes they have."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, body in members:
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return _zstd("-1", "-c", stdin=buffer.getvalue())


def small(version: str, serve: str = FAILS, **more: bytes) -> bytes:
    """An archive of nothing but a stand-in program, and `more` members by name."""
    members = [(member("bin/ollama", mode=0o755), program(version, serve))]
    members += [(member(name), body) for name, body in more.items()]
    return packed(members)


def renamed(lab: LabState, version: str, to: str) -> bytes:
    """The real release of `version`, whose program calls itself `to` (as long a word)."""
    assert len(version) == len(to)
    archive = releases(lab) / version / NAME
    source = io.BytesIO(_zstd("-d", "-c", stdin=archive.read_bytes()))
    members = []
    with tarfile.open(fileobj=source) as opened:
        for info in opened:
            body = opened.extractfile(info).read() if info.isreg() else b""  # type: ignore[union-attr]
            if info.name.endswith("bin/ollama"):
                body = body.replace(version.encode(), to.encode())
            members.append((info, body))
    return packed(members)


def listed(lab: LabState, version: str) -> list[str]:
    """Names of the files in the lab's release of that version."""
    source = io.BytesIO(_zstd("-d", "-c", stdin=(releases(lab) / version / NAME).read_bytes()))
    with tarfile.open(fileobj=source) as opened:
        return [info.name for info in opened if not info.isdir()]


def releases(lab: LabState) -> Path:
    """Where the lab's real releases are on this machine, a folder a version."""
    assert lab.made is not None
    return Path(lab.made.releases)


def publish(
    lab: LabState, version: str, archive: bytes | None, sums: Mapping[str, str] | None = None
) -> str:
    """Let the mirror serve an archive as this version; returns its real SHA-256.

    `sums` are other lines for sha256sum.txt, by file name; `archive=None` serves none.
    """
    folder = lab.mirror_extra / version
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(archive or b"").hexdigest()
    (folder / NAME).unlink(missing_ok=True)
    if archive is not None:
        (folder / NAME).write_bytes(archive)
    listed = {NAME: digest} if sums is None else sums
    lines = [f"{value}  ./{name}\n" for name, value in listed.items()]
    (folder / "sha256sum.txt").write_text("".join(lines))
    return digest


def _zstd(*arguments: str, stdin: bytes) -> bytes:
    ran = subprocess.run(["zstd", "-q", *arguments], input=stdin, capture_output=True, check=True)
    return ran.stdout
