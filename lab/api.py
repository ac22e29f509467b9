"""What can be done with a lab; the command line and the tests call these.

Hosts that run are used by one command at a time: changing the set of hosts excludes everything
else in that lab, while different hosts may be reset, stopped and started at the same time.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable

from lab import artefacts, claims, identity, infra, machines, needs, net, state
from lab.errors import UsageError
from lab.paths import lock
from lab.progress import elapsed, say, step
from lab.sources import SUITES
from lab.state import LabHost, LabState


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
    with lock(claims.lock_path(name)):
        lab = claims.alive_or_reclaimed(name, suite, subnet)
        made = artefacts.prepare(lab.suite if lab else suite or SUITES[0])
        lab = claims.claim(lab, name, suite or SUITES[0], subnet)
        missing = hosts - len(lab.hosts)
        if missing > 0:
            plain = min(plain_root, missing)
            lab = lab.next_hosts(missing - plain).next_hosts(plain, "plain")
            state.write(lab)
        net.take_settings(lab)
        net.raise_bridge(lab)
        identity.ensure_key(lab.key)
        identity.write_known_hosts(lab)
        _boot(lab, [machine for machine in lab.machines if not lab.running(machine.name)], made)
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
    with lock(claims.lock_path(name)):
        if not state.folder(name).exists():
            return False
        claims.remove(name)
    return True


def reset(name: str, hosts: Iterable[str]) -> LabState:
    """Give hosts back as they came: everything since their first boot is dropped; ~2 s together."""
    lab = state.read_alive(name)
    chosen = [lab.host(host) for host in hosts]
    with lock(claims.lock_path(name), shared=True):
        for machine in chosen:
            machines.end(lab, machine)
            machines.drop_root(lab, machine)
        _boot(lab, chosen, artefacts.prepare(lab.suite))
    return lab


def stop(name: str, host: str) -> None:
    """Cut a host's power. What it had on disk stays; `start` boots it again."""
    lab = state.read_alive(name)
    with lock(claims.lock_path(name), shared=True):
        machines.end(lab, lab.host(host))


def start(name: str, host: str) -> None:
    """Boot a stopped host on the root it had."""
    lab = state.read_alive(name)
    machine = lab.host(host)
    with lock(claims.lock_path(name), shared=True):
        if not lab.running(host):
            _boot(lab, [machine], artefacts.prepare(lab.suite))


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


def _boot(lab: LabState, chosen: list[LabHost], made: artefacts.Artefacts) -> None:
    if not chosen:
        return
    with step(f"boot {', '.join(machine.name for machine in chosen)}"):
        for machine in chosen:
            is_infra = machine.name == state.INFRA
            # It did not run: what a killed boot or reset left half made is freed first.
            machines.end(lab, machine)
            if not _ready(lab, machine):
                machines.drop_root(lab, machine)
            options = infra.mounts(lab, made.registry) if is_infra else []
            machines.start(lab, machine, made.infra if is_infra else made.base, options=options)
        for machine in chosen:
            machines.wait_ready(lab, machine)


def _ready(lab: LabState, machine: LabHost) -> bool:
    return (lab.machine_folder(machine.name) / "ready").exists()


def _check_arguments(hosts: int, suite: str | None, plain_root: int) -> None:
    if hosts < 1:
        raise UsageError(f"--hosts {hosts}: at least 1 is needed")
    if suite is not None and suite not in SUITES:
        raise UsageError(f"--suite {suite}: {' and '.join(SUITES)} are possible")
    if not 0 <= plain_root <= hosts:
        raise UsageError(f"--plain-root {plain_root}: between 0 and the number of hosts ({hosts})")
