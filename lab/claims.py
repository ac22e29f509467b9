"""Whose a lab's name and subnet are: found alive, reclaimed when stale, claimed, given up."""

from __future__ import annotations

import ipaddress
import secrets
from pathlib import Path

from lab import machines, net, state
from lab.errors import LabError, NotUpError
from lab.paths import labs_dir, lock, remove_tree
from lab.processes import end_machines, machine_processes
from lab.progress import say
from lab.state import LabState


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
    except NotUpError:
        lab = None  # it was killed before it made more than its folder
    if lab:
        for machine in lab.machines:
            machines.end(lab, machine)
        net.remove_bridge(lab)
        net.give_settings_back(lab)
        for machine in lab.machines:
            remove_tree(lab.machine_folder(machine.name))
    remove_tree(folder)


def lock_path(name: str) -> Path:
    state.folder(name)  # refuses an impossible name
    return labs_dir() / f".{name}.lock"


def claim(lab: LabState | None, name: str, suite: str, subnet: str | None) -> LabState:
    """The lab's state, on disk before anything is made for it."""
    if lab:
        return lab
    with lock(labs_dir() / ".subnets.lock"):
        taken = net.taken_subnets()
        for other in state.all_names():
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
