"""The record of each lab, as JSON in its folder; others (inventory, tests) only read it."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from pathlib import Path

from lab.errors import LabError, NotUpError, UsageError
from lab.model import ASKER, INFRA, Artefacts, LabHost, LabState
from lab.paths import labs_dir
from lab.processes import machine_processes

__all__ = [
    "ASKER",
    "INFRA",
    "LabState",
    "all_names",
    "folder",
    "read",
    "read_alive",
    "start_command",
    "write",
]


def folder(name: str) -> Path:
    """The folder of the lab of that name, whether it exists or not."""
    # 12 letters leave room in the kernel's 15 for an interface name.
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,11}", name):
        raise UsageError(
            f"lab name {name!r}: up to 12 of a-z, 0-9 and '-', starting with a letter, are possible"
        )
    return labs_dir() / name


def read(name: str = "default") -> LabState:
    """The lab of that name; NotUpError with the command that makes it when there is none."""
    path = folder(name) / "lab.json"
    try:
        data = json.loads(path.read_text())
        hosts = tuple(LabHost(**host) for host in data.pop("hosts"))
        made = data.pop("made")
        return LabState(
            **data, hosts=hosts, made=Artefacts(**made) if made else None, folder=path.parent
        )
    except FileNotFoundError:
        raise NotUpError(f"no lab {name!r} is up; start one: {start_command(name)}") from None
    except PermissionError:
        raise LabError(f"{path} can be read by root only; run this as root") from None
    except (ValueError, TypeError, KeyError) as error:
        raise LabError(
            f"{path} is damaged or another version's ({error!r}): "
            f"`python -m lab down --name {name}` removes that lab"
        ) from None


def read_alive(name: str) -> LabState:
    """The lab of that name, NotUpError unless at least one of its machines runs."""
    lab = read(name)
    if not machine_processes(lab.folder):
        raise NotUpError(
            f"lab {name!r} is not running any more; start it again: {start_command(name)}"
        )
    return lab


def write(state: LabState) -> None:
    """Replace the lab's JSON in one rename."""
    state.folder.mkdir(parents=True, exist_ok=True)
    state.folder.chmod(0o700)
    data = dataclasses.asdict(state)
    del data["folder"]
    part = state.folder / ".lab.json.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(data, handle, indent=2)
    part.rename(state.folder / "lab.json")


def all_names() -> list[str]:
    """Names of the labs that left a state on disk, up or stale."""
    return sorted(path.parent.name for path in labs_dir().glob("*/lab.json"))


def start_command(name: str) -> str:
    """What a person types to have this lab."""
    return "python -m lab up --hosts 3" + ("" if name == "default" else f" --name {name}")
