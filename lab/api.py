"""What can be done with a lab; the command line and the tests call these.

Hosts that run are used by one command at a time: changing the set of hosts excludes everything
else in that lab, while different hosts may be reset, stopped and started at the same time.
"""

from __future__ import annotations

import dataclasses
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from lab import apt, artefacts, claims, identity, infra, machines, needs, net, state
from lab.errors import LabError, UsageError
from lab.model import LabHost, LabState
from lab.progress import elapsed, say, step
from lab.sources import SUITES, default_suite


def up(
    hosts: int,
    *,
    name: str = "default",
    suite: str | None = None,
    subnet: str | None = None,
    plain_root: int = 0,
) -> LabState:
    """Have a lab with (at least) that many hosts that answer; what is there already stays as it is.

    `plain_root` of the hosts that are added get a root on which swap works. Raises LabError when
    the name is alive with another suite or subnet, or the subnet is something else's.
    """
    started = time.monotonic()
    _check_arguments(hosts, suite, plain_root)
    needs.check_machine()
    needs.ensure(needs.HOST_TOOLS)
    with claims.changing(name):
        lab = claims.alive_or_reclaimed(name, suite, subnet)
        lab = lab or claims.claim(name, suite or default_suite(), subnet)
        lab = dataclasses.replace(lab, made=lab.made or artefacts.prepare(lab.suite))
        missing = hosts - len(lab.hosts)
        if missing > 0:
            plain = min(plain_root, missing)
            lab = lab.next_hosts(missing - plain).next_hosts(plain, "plain")
        state.write(lab)
        net.take_settings(lab)
        net.raise_bridge(lab)
        identity.ensure_key(lab.key)
        identity.write_known_hosts(lab)
        _boot(lab, [machine for machine in lab.machines if not lab.running(machine.name)])
        for machine in lab.machines:
            if not _ready(lab, machine):
                # It runs, but the command that booted it was killed before it had answered.
                machines.wait_ready(lab, machine)
    took = elapsed(time.monotonic() - started)
    say(f"lab {name!r} is up with {len(lab.hosts)} hosts after {took}")
    return lab


def down(name: str = "default") -> bool:
    """Remove everything a lab made, however it ended; False when there was nothing."""
    needs.check_machine()
    with claims.changing(name):
        if not state.folder(name).exists():
            return False
        claims.remove(name)
    return True


def reset(name: str, hosts: Iterable[str]) -> LabState:
    """Give hosts back as they came: everything since their first boot is dropped; ~2 s together."""
    lab = state.read_alive(name)
    chosen = [lab.host(host) for host in hosts]
    with claims.using(name, [machine.name for machine in chosen]):
        for machine in chosen:
            machines.end(lab, machine)
            machines.drop_root(lab, machine)
        _boot(lab, chosen)
    return lab


def stop(name: str, host: str) -> None:
    """Cut a host's power. What it had on disk stays; `start` boots it again."""
    lab = state.read_alive(name)
    with claims.using(name, [host]):
        machines.end(lab, lab.host(host))


def start(name: str, host: str) -> None:
    """Boot a stopped host on the root it had."""
    lab = state.read_alive(name)
    machine = lab.host(host)
    with claims.using(name, [host]):
        if not lab.running(host):
            _boot(lab, [machine])


def run(
    name: str,
    host: str,
    command: str,
    *,
    user: str = "root",
    stdin: str | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a shell command on a host with plain ssh (not with the code under test)."""
    lab = state.read(name)
    return machines.ssh(lab, lab.host(host), command, user=user, stdin=stdin, timeout=timeout)


def _boot(lab: LabState, chosen: list[LabHost]) -> None:
    if not chosen:
        return
    made = lab.made
    if not made or not all(Path(folder).is_dir() for folder in (made.base, made.infra)):
        raise LabError(
            f"the cache that lab {lab.name!r} stands on is gone or was never complete: "
            f"`python -m lab down --name {lab.name}`, then `up`"
        )
    with step(f"boot {', '.join(machine.name for machine in chosen)}"):
        for machine in chosen:
            is_infra = machine.name == state.INFRA
            # It did not run: what a killed boot or reset left half made is freed first.
            machines.end(lab, machine)
            if not _ready(lab, machine):
                machines.drop_root(lab, machine)
            options = infra.mounts(lab, made) if is_infra else []
            machines.start(lab, machine, made.infra if is_infra else made.base, options=options)
        for machine in chosen:
            machines.wait_ready(lab, machine)
        if lab.infra in chosen:
            apt.check(lab)


def _ready(lab: LabState, machine: LabHost) -> bool:
    return (lab.machine_folder(machine.name) / "ready").exists()


def _check_arguments(hosts: int, suite: str | None, plain_root: int) -> None:
    if hosts < 1:
        raise UsageError(f"--hosts {hosts}: at least 1 is needed")
    if suite is not None and suite not in SUITES:
        raise UsageError(f"--suite {suite}: {' and '.join(SUITES)} are possible")
    if not 0 <= plain_root <= hosts:
        raise UsageError(f"--plain-root {plain_root}: between 0 and the number of hosts ({hosts})")
