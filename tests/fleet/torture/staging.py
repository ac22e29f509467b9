"""What is declared, and hosts as they are before a run that is struck."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyinfra_ollama.settings import Secret
from tests.fleet import gatewaying
from tests.fleet.harness import OLDER, VERSION, Fleet
from tests.fleet.torture.moments import FULL, UPGRADE, WHOLE, Moment

# What a deployment writes to, on one small disk; sized for everything, and shrunk to be full.
SMALL = "/srv/small"
PLACES = ("/etc", "/var", "/opt", "/usr/local", "/usr/share/ollama")
ROOM = "1500m"
_SMALL_DISK = f"""
set -e
mkdir -p {SMALL}; mount -t tmpfs -o size={ROOM},mode=755 tmpfs {SMALL}
for place in {" ".join(PLACES)}; do
  mkdir -p "$place" "{SMALL}${{place%/*}}"
  cp -a "$place" "{SMALL}$place"
  mount --bind "{SMALL}$place" "$place"
done
"""


def staged(fleet: Fleet, moment: Moment, hosts: Iterable[str]) -> Path:
    """Bare hosts, or hosts that the older release serves; returns what is to be run on them."""
    hosts = tuple(hosts)
    fleet.reset(*hosts)
    if moment.way == FULL:
        for host in hosts:
            fleet.sh(host, _SMALL_DISK)
    if moment.scenario == UPGRADE:
        fleet.apply(before(fleet, moment, hosts))
    return declared(fleet, moment, hosts)


def before(fleet: Fleet, moment: Moment, hosts: Iterable[str]) -> Path:
    """The older release with settings of its own."""
    return _inventory(
        fleet, moment, hosts, swap="32M", ollama={"version": OLDER, "models": [], "max_queue": 64}
    )


def declared(fleet: Fleet, moment: Moment, hosts: Iterable[str]) -> Path:
    """What the struck run and those after it are to bring about."""
    ollama: dict[str, Any] = {"version": VERSION, "models": models(fleet, moment)}
    more: dict[str, Any] = {"packages": {"tools": ["tree"]}}
    if moment.scenario == UPGRADE:
        ollama |= {"keep_alive": "1h", "num_parallel": 2, "context_length": 2048}
        more |= {"service": {"memory_max": "6G"}, "release": _release(fleet, keep=1)}
    if moment.scenario == WHOLE:
        more |= every_role(fleet.folder)
    return _inventory(fleet, moment, hosts, swap="48M", ollama=ollama, **more)


def every_role(folder: Path) -> dict[str, Any]:
    """All that a host can be besides a server."""
    password = folder / "backup-password"
    password.touch(mode=0o600)
    password.write_text("0123456789abcdef\n")
    return {
        "gateway": gatewaying.declared(),
        "firewall": {},
        "metrics": {},
        "observer": {},
        "monitoring": {},
        "backup": {
            "repository": {"path": "/srv/kept"},
            "password": Secret.file(str(password)),
        },
    }


def models(fleet: Fleet, moment: Moment) -> list[dict[str, Any]]:
    """The declared models; an upgrade also makes one of another."""
    if moment.models == "chat":
        return [fleet.chat()]
    if moment.models == "none":
        return []
    plain = fleet.embedding()
    made = {"name": "made", "base": plain["name"], "insecure": True, "role": "embedding"}
    return [plain, {**made, "options": {"num_ctx": 128}}] if moment.scenario == UPGRADE else [plain]


def _release(fleet: Fleet, **more: Any) -> dict[str, Any]:
    return {"url": f"{fleet.lab.mirror_url}/{{version}}/{{archive}}", **more}


def _inventory(
    fleet: Fleet, moment: Moment, hosts: Iterable[str], *, swap: str, **declared: Any
) -> Path:
    each = {}
    if moment.swap:
        value = int(Path("/proc/sys/vm/swappiness").read_text())
        for host in hosts:
            path = f"/swapfile-{fleet.lab.name}-{host}"
            each[host] = {"swap": {"size": swap, "path": path, "swappiness": value}}
    verify = {"generate": moment.models == "chat"}
    return fleet.inventory(*hosts, each=each, verify=verify, **declared)
