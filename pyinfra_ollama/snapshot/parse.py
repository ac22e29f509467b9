"""Parse the output of scripts/snapshot.sh.

Outside behaviour relied on (looked at on Debian 12 and 13, 2026-11): `/proc/swaps` in KiB
with one header line; `df -P` columns; `ss -H -ltnp`; `systemctl show` as KEY=VALUE;
/api/version and /api/tags of Ollama 0.32.15 and 0.33.0 as one JSON object each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyinfra_ollama import layout
from pyinfra_ollama.snapshot.lines import many, pairs
from pyinfra_ollama.snapshot.model import Account, PackageState, Snapshot, SwapState
from pyinfra_ollama.snapshot.service import api_state, gpu_state, unit_state
from pyinfra_ollama.snapshot.stats import Stat, files, links, releases, stats

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
    found = stats(sections["stat"])
    return Snapshot(
        uid=int(basics["uid"]),
        machine=basics["machine"],
        init=basics["init"],
        now=int(basics["now"]),
        reboot_required="reboot" in basics,
        localhost_status=int(basics["localhost"]),
        tools=frozenset(many(sections["basics"], "tool")),
        os={key: value.strip("\"'") for key, value in pairs(sections["os"]).items()},
        memory=_memory(sections["memory"]),
        disk=_disk(sections["disk"]),
        files=files(found, sections["hashes"]),
        links=links(found),
        releases=releases(found, sections["releases"]),
        packages=_packages(sections["packages"], found.get(layout.APT_STAMP)),
        account=_account(sections["account"], sections["groups"]),
        swap=_swap(sections, basics),
        unit=unit_state(sections, found),
        port_holders=None if sections["port"] == ["unknown"] else tuple(sections["port"]),
        api=api_state(sections),
        gpu=gpu_state(sections["gpu"]),
        verified=stamps.get("verified"),
        **_of_roles(sections),
    )


def _of_roles(sections: Mapping[str, list[str]]) -> dict[str, Any]:
    """What was asked for roles that only some hosts have; each takes its time to import."""
    found: dict[str, Any] = {}
    if "gateway" in sections:
        from pyinfra_ollama.snapshot.gateway import gateway_state

        found["gateway"] = gateway_state(sections)
    if "firewall" in sections:
        from pyinfra_ollama.snapshot.firewall import firewall_state

        found["firewall"] = firewall_state(sections)
    if "monitoring" in sections:
        from pyinfra_ollama.snapshot.monitoring import monitoring_state

        found["monitoring"] = monitoring_state(sections)
    if "watch" in sections:
        from pyinfra_ollama.snapshot.watching import watch_state

        found["watch"] = watch_state(sections)
    if "backup" in sections:
        from pyinfra_ollama.snapshot.backup import backup_state

        found["backup"] = backup_state(sections)
    return found


def _memory(lines: list[str]) -> dict[str, int]:
    rows = (line.split() for line in lines)
    return {row[0].rstrip(":"): int(row[1]) * KIB for row in rows}


def _disk(lines: list[str]) -> dict[str, tuple[str, int]]:
    paths = many(lines, "path")
    # What df says has one row for each path, in their order, below its heading.
    rows = [line.split() for line in lines[len(paths) + 1 :]]
    return {path: (row[5], int(row[3]) * KIB) for path, row in zip(paths, rows, strict=True)}


def _packages(lines: list[str], updated: Stat | None) -> PackageState:
    installed, held = {}, set()
    for line in lines:
        if "|" in line:
            name, architecture, status, version = line.split("|")
            if status[1:2] == "i":
                installed[name] = installed[f"{name}:{architecture}"] = version
            if status[0:1] == "h":
                held.add(name)
    upgradable = tuple(many(lines, "upgrade"))
    return PackageState(
        installed, frozenset(held), upgradable, updated.modified if updated else None
    )


def _account(lines: list[str], groups: list[str]) -> Account:
    values = pairs(lines)
    entry = values["passwd"].split(":") if values["passwd"] else None
    return Account(
        exists=entry is not None,
        home=entry[5] if entry else None,
        groups=frozenset(values["groups"].split()),
        gpu_groups=frozenset(line.split(":", 1)[0] for line in groups),
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
        swappiness=int(file["swappiness"]) if "swappiness" in file else None,
        sysctl_writable=basics.get("sysctl") == "writable",
        content=file.get("content") or None,
        half_made="half" in file,
        filesystem=file.get("filesystem", ""),
        forbidden="forbidden" in file,
    )
