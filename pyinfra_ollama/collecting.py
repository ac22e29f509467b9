"""Logs and state of hosts, without secrets, one archive for each: what a bug report needs."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import re
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pyinfra.api.host import Host

from pyinfra_ollama import __version__, engine
from pyinfra_ollama.commands import script
from pyinfra_ollama.hiding import Hider, secrets_in
from pyinfra_ollama.reports import attempt
from pyinfra_ollama.settings import Declared

__all__ = ["Collected", "collect", "parts"]

COLLECT_SECONDS = 300
MOST_BYTES = 20 * 1024**2


@dataclass(frozen=True)
class Collected:
    """What became of one host: where its archive is, or why there is none."""

    name: str
    path: Path | None
    reason: str = ""


def collect(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    since: str,
    folder: Path,
    timeout_seconds: float,
    on_host: Callable[[Collected], None],
) -> list[Collected]:
    """Collect from all hosts in parallel; each archive is there as soon as its host answered.

    + since: how far back, in seconds as journalctl takes them: -3600s
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    found = {}

    def one(host: Host, seconds_left: float | None) -> Collected:
        def work() -> Collected:
            try:
                return _one(host, settings[host.name], since, folder, stamp)
            except OSError as error:
                return Collected(host.name, None, f"{folder}: {error.strerror or error}")

        done = attempt(host, work, seconds_left=seconds_left, late="the deadline passed")
        return done.found or Collected(host.name, None, done.reason)

    for name, collected in engine.each(fleet, one, timeout_seconds=timeout_seconds):
        found[name] = collected
        on_host(collected)
    return [found[host.name] for host in fleet.hosts]


def _one(host: Host, declared: Declared, since: str, folder: Path, stamp: str) -> Collected:
    output = engine.run_script(
        host, script("collect"), since, str(MOST_BYTES), timeout_seconds=COLLECT_SECONDS
    )
    data = engine.host_data(host)
    hider = Hider([*secrets_in(declared), *secrets_in(data), *engine.passwords(data)])
    texts = {name: hider.hide(text) for name, text in parts(output.stdout).items()}
    texts["settings.json"] = hider.hide(described(declared))
    # Names of hosts may hold what a file's name cannot, as in @docker/image.
    name = f"{re.sub(r'[^A-Za-z0-9._-]', '_', host.name)}-{stamp}"
    path = folder / f"{name}.tar.gz"
    _write(path, name, texts)
    return Collected(host.name, path)


def parts(lines: list[str]) -> dict[str, str]:
    """The script's output by part. Raises `HostError` when it is cut off or damaged."""
    if not lines or lines[-1] != "@@done":
        raise engine.HostError("the host's answer is cut off")
    found: dict[str, str] = {}
    name, body = "", list[str]()
    try:
        for line in lines:
            if line.startswith("@@part "):
                name, body = line.removeprefix("@@part "), []
            elif line == "@@end":
                packed = base64.b64decode("".join(body), validate=True)
                found[name] = gzip.decompress(packed).decode("utf-8", "replace")
            else:
                body.append(line)
    except (binascii.Error, OSError, EOFError, zlib.error) as error:
        raise engine.HostError(f"the host's answer is damaged at {name}: {error}") from error
    return found


def described(declared: Declared) -> str:
    """What the host is declared to be, as JSON; secrets are known by their source."""
    document = {"pyinfra-ollama": __version__, "declared": _plain(declared)}
    return json.dumps(document, indent=2, default=repr) + "\n"


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _write(path: Path, name: str, texts: Mapping[str, str]) -> None:
    """Write an archive whole or not at all, for this user's eyes only."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{name}.", delete=False) as file:
        beside = Path(file.name)
        try:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                for part, text in sorted(texts.items()):
                    content = text.encode()
                    entry = tarfile.TarInfo(f"{name}/{part}")
                    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(time.time())
                    archive.addfile(entry, io.BytesIO(content))
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    beside.replace(path)
