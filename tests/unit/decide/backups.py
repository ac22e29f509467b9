"""Hosts with a backup: before the first run of a deployment, and as it leaves them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.decide.backup.files import (
    repository_stamp,
    timers_hash,
    tool_files,
    unit_files,
)
from pyinfra_ollama.settings import Declared, Disk, Rest, S3Bucket, Secret, Sftp
from pyinfra_ollama.snapshot import Snapshot
from pyinfra_ollama.snapshot.backup import BackupState

from .hosts import declaration, host
from .served import TEMPLATES, written

PASSWORD = "canary-password-0123456789"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-key\n-----END OPENSSH PRIVATE KEY-----"
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEk"
PLACES = {
    "disk": None,
    "sftp": Sftp(
        server="b.example.com",
        user="u",
        path="kept/{host}",
        port=2222,
        key=Secret.value(KEY),
        host_keys=[HOST_KEY],
    ),
    "s3": S3Bucket(
        url="https://s3.example.com/b/{host}",
        key_id=Secret.value("canary-id"),
        secret_key=Secret.value('canary\'s "secret"'),
    ),
    "rest": Rest(
        url="https://b.example.com:8000/{host}/",
        user="llm",
        password=Secret.value("canary/p@ss:word"),
    ),
}


def having(repository: object = None, *, others: Any = None, **fields: Any) -> Declared:
    """A server that keeps a backup there; `others` are further variables of group data."""
    place = Disk("/srv/backup") if repository is None else repository
    backup = {"repository": place, "password": Secret.value(PASSWORD), **fields}
    return declaration(backup=backup, **(others or {}))


def text(declared: Declared, path: str) -> str | None:
    """What is to stand in a file of the backup; None for one that must not be there."""
    made = (*tool_files(declared, TEMPLATES), *unit_files(declared, TEMPLATES))
    return next(file.content for file in made if file.path == path)


def keeping(declared: Declared, snapshot: Snapshot | None = None, **state: Any) -> Snapshot:
    """The host once the backup was deployed; keywords change what it says of it."""
    found, units = snapshot or host(), unit_files(declared, TEMPLATES)
    made = (*tool_files(declared, TEMPLATES), *units)
    there = {file.path: written(file) for file in made if file.content is not None}
    said = BackupState(
        repository=repository_stamp(declared),
        timers=frozenset(layout.backup.UNITS),
        started=timers_hash(units),
    )
    return replace(found, files={**found.files, **there}, backup=replace(said, **state))


def sourced(file: str, name: str) -> str:
    """What a shell that reads this file has in a variable."""
    script = f'{file}\nprintf %s "${name}"'
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout


def setting(declared: Declared, name: str) -> str:
    return sourced(text(declared, layout.backup.SETTINGS) or "", name)
