"""Parse the output of scripts/snapshot.sh.

Outside behaviour relied on (looked at on Debian 12 and 13, 2026-11): `/proc/swaps` in KiB
with one header line; `df -P` columns; `ss -H -ltnp`; `systemctl show` as KEY=VALUE;
/api/version and /api/tags of Ollama 0.32.15 and 0.33.0 as one JSON object each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyinfra_ollama.snapshot.model import (
    Account,
    FileState,
    PackageState,
    ReleaseState,
    Snapshot,
    SwapState,
)
from pyinfra_ollama.snapshot.service import api_state, gpu_state, many, pairs, unit_state

MARKER = "@@pyinfra-ollama:"
KIB = 1024


class SnapshotError(ValueError):
    """The answer was cut off or is not what the script prints."""


def parse(lines: Iterable[str]) -> Snapshot:
    """Turn the script's output into a Snapshot; SnapshotError when it is not whole."""
    sections = _sections(lines)
    try:
        return _snapshot(sections)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"the host's answer could not be read: {error!r}") from error


def _sections(lines: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if line.startswith(MARKER):
            current = found.setdefault(line.removeprefix(MARKER).strip(), [])
        elif line.strip():
            current.append(line)
    if "end" not in found:
        raise SnapshotError("the host's answer was cut off before its closing marker")
    return found


def _snapshot(sections: Mapping[str, list[str]]) -> Snapshot:
    basics = pairs(sections["basics"])
    stamps = pairs(sections["stamps"])
    return Snapshot(
        uid=int(basics["uid"]),
        machine=basics["machine"],
        init=basics["init"],
        now=int(basics["now"]),
        container=None if basics["container"] in ("", "none") else basics["container"],
        reboot_required="reboot" in basics,
        localhost_status=int(basics["localhost"]),
        tools=frozenset(many(sections["basics"], "tool")),
        os={key: value.strip("\"'") for key, value in pairs(sections["os"]).items()},
        memory=_memory(sections["memory"]),
        disk=_disk(sections["disk"]),
        files=_files(sections["files"]),
        links=dict(line.split("|", 1) for line in sections["links"]),
        releases=_releases(sections["releases"]),
        packages=_packages(sections["packages"]),
        account=_account(sections["account"]),
        swap=_swap(sections, basics),
        unit=unit_state(sections["unit"], sections["process"]),
        port_holders=None if sections["port"] == ["unknown"] else tuple(sections["port"]),
        api=api_state(sections),
        gpu=gpu_state(sections["gpu"]),
        verified=stamps.get("verified"),
    )


def _memory(lines: list[str]) -> dict[str, int]:
    rows = (line.split() for line in lines)
    return {row[0].rstrip(":"): int(row[1]) * KIB for row in rows}


def _disk(lines: list[str]) -> dict[str, tuple[str, int]]:
    disk = {}
    for line in lines:
        path, row = line.split("|", 1)
        columns = row.split()
        disk[path] = (columns[5], int(columns[3]) * KIB)
    return disk


def _files(lines: list[str]) -> dict[str, FileState]:
    hashes = {}
    for line in lines:
        if not line.startswith("stat|"):
            digest, path = line.split("  ", 1)
            hashes[path] = digest
    files = {}
    for line in lines:
        if line.startswith("stat|"):
            _, path, kind, mode, user, group, size = line.split("|")
            files[path] = FileState(kind, mode, user, group, int(size), hashes.get(path))
    return files


def _releases(lines: list[str]) -> dict[str, ReleaseState]:
    releases = {}
    for line in lines:
        name, modified, notes = line.split("|", 2)
        releases[name] = ReleaseState(int(modified), pairs(notes.split()))
    return releases


def _packages(lines: list[str]) -> PackageState:
    installed, held = {}, set()
    for line in lines:
        if "|" in line:
            name, architecture, status, version = line.split("|")
            if status[1:2] == "i":
                installed[name] = installed[f"{name}:{architecture}"] = version
            if status[0:1] == "h":
                held.add(name)
    updated = pairs(lines).get("updated")
    upgradable = tuple(many(lines, "upgrade"))
    return PackageState(installed, frozenset(held), upgradable, int(updated) if updated else None)


def _account(lines: list[str]) -> Account:
    values = pairs(lines)
    entry = values["passwd"].split(":") if "passwd" in values else None
    return Account(
        exists=entry is not None,
        home=entry[5] if entry else None,
        groups=frozenset(values.get("groups", "").split()),
        gpu_groups=frozenset(many(lines, "group")),
        models_dir=values["models"],
        foreign_file=values.get("foreign"),
        stranger=values.get("stranger"),
    )


def _swap(sections: Mapping[str, list[str]], basics: Mapping[str, str]) -> SwapState:
    active = {}
    for line in sections["swap"][1:]:
        columns = line.split()
        active[columns[0]] = int(columns[2]) * KIB
    rows = [line for line in sections["fstab"] if not line.lstrip().startswith("#")]
    file = pairs(sections["swapfile"])
    return SwapState(
        active=active,
        fstab=tuple(line for line in rows if len(line.split()) > 2 and line.split()[2] == "swap"),
        swappiness=int(basics["swappiness"]),
        sysctl_writable=basics.get("sysctl") == "writable",
        content=file.get("content"),
        half_made="half" in file,
        filesystem=file.get("filesystem", ""),
        forbidden="forbidden" in file,
    )
