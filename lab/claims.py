"""Whose a lab's name and subnet are: found alive, reclaimed when stale, claimed, given up."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from lab import machines, net, state
from lab.errors import LabError
from lab.model import LabHost, LabState
from lab.paths import RUN_DIR, lock, remove_tree
from lab.processes import capture, end_machines, machine_processes
from lab.progress import say


def alive_or_reclaimed(name: str, suite: str | None, subnet: str | None) -> LabState | None:
    """The lab when it is alive; None after what a dead one left is removed."""
    folder = state.folder(name)
    if not folder.exists():
        return None
    if not machine_processes(folder):
        if (folder / "lab.json").exists():
            say(f"lab {name!r} is stale (its machines are gone): removing what it left")
        remove(name)
        return None
    lab = state.read(name)
    for option, wanted, has in (("suite", suite, lab.suite), ("subnet", subnet, lab.subnet)):
        if wanted and wanted != has:
            raise LabError(
                f"lab {name!r} is up with {option} {has}, not {wanted}: end it with "
                f"`python -m lab down --name {name}`, or choose another --name"
            )
    return lab


def remove(name: str) -> None:
    """Undo whatever exists of a lab. The state goes last, so a killed removal can be repeated."""
    folder = state.folder(name)
    end_machines(folder)
    try:
        lab = state.read(name)
    except LabError:
        lab = _remains(name)
    for machine in lab.machines:
        machines.end(lab, machine)
    net.remove_bridge(lab)
    net.give_settings_back(lab)
    for machine in lab.machines:
        remove_tree(lab.machine_folder(machine.name))
    remove_tree(folder)


def _remains(name: str) -> LabState:
    """What can be told of a lab whose state is missing or damaged, enough to remove it."""
    folder, bridge = state.folder(name), net.bridge_name(name)
    subnet = "0.0.0.0/32"
    if Path("/sys/class/net", bridge).exists():
        for link in json.loads(capture(["ip", "-json", "-4", "address", "show", "dev", bridge])):
            for info in link.get("addr_info", []):
                address = ipaddress.IPv4Interface(f"{info['local']}/{info['prefixlen']}")
                subnet = str(address.network)
    hosts = tuple(LabHost(path.name, "") for path in sorted(folder.glob("hosts/host*")))
    return LabState(name, "", subnet, bridge, "", hosts, folder=folder)


def changing(name: str) -> contextlib.AbstractContextManager[None]:
    """While held, no other command changes that lab or its hosts."""
    state.folder(name)  # refuses an impossible name
    return lock(RUN_DIR / f"{name}.lock")


@contextlib.contextmanager
def using(name: str, hosts: Iterable[str]) -> Iterator[None]:
    """While held, these hosts are ours; other hosts of the lab may be used by other commands."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(lock(RUN_DIR / f"{name}.lock", shared=True))
        for host in sorted(set(hosts)):  # in one order, so that two commands never wait in a circle
            stack.enter_context(lock(RUN_DIR / f"{name}.{host}.lock"))
        yield


def claim(name: str, suite: str, subnet: str | None) -> LabState:
    """The lab's state, on disk before anything is made for it."""
    with lock(RUN_DIR / "subnets.lock"):
        taken = net.taken_subnets()
        for other in state.all_names():
            with contextlib.suppress(LabError):  # a damaged one: its bridge is found above
                taken[ipaddress.IPv4Network(state.read(other).subnet)] = f"lab {other!r}"
        chosen = net.check_subnet(subnet, taken) if subnet else net.choose_subnet(list(taken))
        lab = LabState(
            name=name,
            suite=suite,
            subnet=str(chosen),
            bridge=net.bridge_name(name),
            sudo_password=secrets.token_hex(8),
            mtu=net.uplink_mtu(),
            folder=state.folder(name),
        )
        state.write(lab)
    return lab
