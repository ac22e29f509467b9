"""All files of the backup: its tool, its settings and secrets, its services and timers."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyinfra_ollama import layout
from pyinfra_ollama.decide.backup.settings_file import settings_text
from pyinfra_ollama.decide.files import ManagedFile
from pyinfra_ollama.render import render
from pyinfra_ollama.settings import Backup, Declared, Disk, Rest, S3Bucket, Sftp

# What each does, for a person who reads the journal.
_WORK = {
    "ollama-backup-run": "Keep what this host cannot get elsewhere",
    "ollama-backup-check": "Look for damage in the backup",
    "ollama-backup-rehearse": "See that the backup can be brought back",
}
# systemd-analyze (252, 257) ends with 0 on settings it ignores, so its words count too. The tool
# is in place by then, so that it finds what it starts.
JUDGE = (
    'said=$(cd "$stage/etc/systemd/system" && SYSTEMD_UNIT_PATH="$PWD:" systemd-analyze verify '
    '--man=no ollama-backup-*.timer ollama-backup-*.service 2>&1) && ! printf "%s" "$said" | '
    'grep -E "$stage.*(ignor|nknown)" || { printf "%s\\n" "$said"; exit 1; }'
)


def tool_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """The tool and what it reads; `templates` has `files`, laid out as on a host, beside it."""
    tools = (
        ManagedFile(path=path, content=_as_is(templates, path), mode=_mode(path))
        for path in layout.backup.TOOLS
    )
    return (*tools, *_private(declared))


def _private(declared: Declared) -> Iterator[ManagedFile]:
    backup = of(declared)
    place = backup.repository
    texts = {
        layout.backup.SETTINGS: settings_text(declared, backup),
        layout.backup.KNOWN_HOSTS: _known_hosts(place) if isinstance(place, Sftp) else None,
        layout.backup.AUTHORITY: place.authority_text() if isinstance(place, Rest) else None,
    }
    secrets = {
        layout.backup.PASSWORD: f"{backup.password.get_secret_value()}\n",
        layout.backup.REPOSITORY: f"{place.address(declared.name)}\n",
        layout.backup.CREDENTIALS: _credentials(place) if isinstance(place, S3Bucket) else None,
        layout.backup.SSH_KEY: _lines(place.key.get_secret_value())
        if isinstance(place, Sftp)
        else None,
    }
    for path, content in {**texts, **secrets}.items():
        yield ManagedFile(path=path, content=content, mode="600", secret=path in secrets)


def unit_files(declared: Declared, templates: Path) -> tuple[ManagedFile, ...]:
    """A service and a timer for each of the tool's tasks."""
    return tuple(_units(of(declared), templates))


def _units(backup: Backup, templates: Path) -> Iterator[ManagedFile]:
    place = backup.repository
    when = dict(
        zip(layout.backup.UNITS, (backup.at, backup.check_at, backup.rehearse_at), strict=True)
    )
    for unit, description in _WORK.items():
        values = {
            "layout": layout,
            "description": description,
            "command": unit.rpartition("-")[2],
            "calendar": when[unit],
            "spread": backup.spread_seconds,
            "disk": str(place.path) if isinstance(place, Disk) else None,
        }
        for kind in ("service", "timer"):
            text = render(templates, f"etc/systemd/system/ollama-backup.{kind}.j2", **values)
            yield ManagedFile(path=f"/etc/systemd/system/{unit}.{kind}", content=text)


def of(declared: Declared) -> Backup:
    """The declared backup."""
    if declared.backup is None:
        raise ValueError(f"no backup is declared for {declared.name}")
    return declared.backup


def timers_hash(files: Iterable[ManagedFile]) -> str:
    """What the timers are started with, as scripts/backup-timers.sh is told to remember it."""
    hashes = (f"{f.sha256}  {f.path}" for f in files if f.path.endswith(".timer"))
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def repository_stamp(declared: Declared) -> str:
    """What the tool remembers of the repository that it made sure of.

    The hash of its address, and that of all by which it is reached.
    """
    texts = {file.path: file.content or "" for file in _private(declared)}
    access = "".join(texts[path] for path in layout.backup.ACCESS)
    parts = (f"{of(declared).repository.place(declared.name)}\n", access)
    return " ".join(hashlib.sha256(text.encode()).hexdigest() for text in parts)


def _as_is(templates: Path, path: str) -> str:
    return templates.with_name("files").joinpath(path[1:]).read_text(encoding="utf-8")


def _mode(path: str) -> str:
    return "755" if path == layout.backup.COMMAND else "644"


def _lines(text: str) -> str:
    # OpenSSH refuses a key whose last line does not end, and a secret's last line break is cut off.
    return f"{text}\n"


def _credentials(place: S3Bucket) -> str:
    values = {
        "AWS_ACCESS_KEY_ID": place.key_id.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": place.secret_key.get_secret_value(),
    }
    if place.region:
        values["AWS_DEFAULT_REGION"] = place.region
    return "".join(f"export {key}={shlex.quote(value)}\n" for key, value in values.items())


def _known_hosts(place: Sftp) -> str:
    name = place.server if place.port == 22 else f"[{place.server}]:{place.port}"
    return "".join(f"{name} {key}\n" for key in place.host_keys)
