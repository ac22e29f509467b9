"""Swap: made, resized and removed on a host that can; said on one that cannot.

/proc/swaps is the machine's, so every path here has the lab's name in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.harness import Fleet, Ran

HOST = "host3"
MIB = 1024**2
SYSCTL = "/etc/sysctl.d/60-pyinfra-ollama.conf"
OTHER = "# swap of others\n\n/dev/disk/by-label/data\t/data ext4 defaults 0 2 # last line"
SWAPFILE, SWAPPINESS = "Have the swapfile", "Have the kernel's swappiness set at boot"
VERIFIED = "Have the deployment verified"


@pytest.fixture(scope="module")
def path(fleet: Fleet) -> Iterator[str]:
    """The swapfile of these tests; the host has swap and fstab lines of its owner."""
    path, other = f"/swap-{fleet.lab.name}", f"/other-{fleet.lab.name}"
    fleet.sh(HOST, "cat >/etc/fstab && chmod 640 /etc/fstab && chgrp mail /etc/fstab", stdin=OTHER)
    fleet.sh(HOST, f"fallocate -l 8M {other} && chmod 600 {other} && mkswap {other}")
    fleet.sh(HOST, f"swapon {other}")
    yield path
    fleet.sh(HOST, f"swapoff {path} {other}; rm -f {path}* {other}")
    fleet.sh(HOST, ": >/etc/fstab")


def declared(fleet: Fleet, path: str, size: str, host: str = HOST) -> Path:
    return fleet.inventory(host, swap={"size": size, "path": path})


def active(fleet: Fleet) -> dict[str, int]:
    rows = fleet.sh(HOST, "swapon --show=NAME,SIZE --bytes --noheadings").splitlines()
    return {name: int(size) for name, size in (row.split() for row in rows)}


def is_as_declared(fleet: Fleet, path: str, size: int) -> None:
    assert fleet.sh(HOST, f"stat -c '%s %a %U' {path}") == f"{size} 600 root"
    assert active(fleet)[path] == size - 4096
    assert fleet.sh(HOST, "cat /etc/fstab") == f"{OTHER}\n{path} none swap sw 0 0"
    assert fleet.sh(HOST, "stat -c '%a %G' /etc/fstab") == "640 mail"
    assert fleet.ssh(HOST, f"ls {path}.new /etc/.fstab*").stdout == ""


def test_made_resized_and_removed(fleet: Fleet, path: str) -> None:
    other = f"/other-{fleet.lab.name}"
    fleet.apply(declared(fleet, path, "64M"))
    is_as_declared(fleet, path, 64 * MIB)
    assert "vm.swappiness = 10" in fleet.sh(HOST, f"cat {SYSCTL}")
    assert fleet.plan(declared(fleet, path, "64M")).planned == {}

    for size in (96, 32):
        changed = fleet.apply(declared(fleet, path, f"{size}M")).changed()
        assert changed == {HOST: [SWAPFILE, VERIFIED]}
        is_as_declared(fleet, path, size * MIB)
    assert other in active(fleet)

    changed = fleet.apply(declared(fleet, path, "0")).changed()
    assert changed == {HOST: [SWAPPINESS, SWAPFILE, VERIFIED]}
    assert fleet.ssh(HOST, f"ls {path}* {SYSCTL}").stdout == ""
    assert path not in active(fleet)
    assert other in active(fleet)
    assert fleet.sh(HOST, "cat /etc/fstab; echo .") == f"{OTHER}\n."
    assert fleet.plan(declared(fleet, path, "0")).planned == {}


def test_killed_runs_are_healed_by_the_next(fleet: Fleet, path: str) -> None:
    """A stand-in of a command does its work and then kills the script that called it."""
    fleet.apply(declared(fleet, path, "0"))
    for command in ("fallocate", "mkswap", "mv", "swapon"):
        stand_in = f"/usr/local/bin/{command}"
        text = f'#!/bin/sh\nPATH=/sbin:/usr/sbin:/bin {command} "$@"\nkill -9 $PPID\n'
        fleet.sh(HOST, f"cat >{stand_in} && chmod 755 {stand_in}", stdin=text)
        ran = fleet.apply(declared(fleet, path, "16M"), check=False)
        assert ran.code == 1, f"the run was not killed at {command}:\n{ran.text}"
        fleet.sh(HOST, f"rm {stand_in}")
    fleet.apply(declared(fleet, path, "16M"))
    is_as_declared(fleet, path, 16 * MIB)


def test_what_a_person_did_to_it_is_mended(fleet: Fleet, path: str) -> None:
    fleet.apply(declared(fleet, path, "16M"))
    inode = fleet.sh(HOST, f"stat -c %i {path}")
    fleet.sh(HOST, f"swapoff {path} && chmod 644 {path}")
    fleet.sh(HOST, f"sed -i '\\|^{path}|d' /etc/fstab")
    fleet.apply(declared(fleet, path, "16M"))
    is_as_declared(fleet, path, 16 * MIB)
    assert fleet.sh(HOST, f"stat -c %i {path}") == inode, "the file was good and was made anew"


def test_a_file_that_is_no_swapfile_is_left_alone(fleet: Fleet, path: str) -> None:
    precious = f"{path}.data"
    fleet.sh(HOST, f"echo precious >{precious}")
    ran = fleet.apply(declared(fleet, precious, "0"), check=False)
    refused(ran, f"{precious} is not a swapfile, so it is left alone")
    assert fleet.sh(HOST, f"cat {precious}") == "precious"


def test_a_short_disk_is_refused(fleet: Fleet, path: str) -> None:
    fleet.apply(declared(fleet, path, "16M"))
    ran = fleet.apply(declared(fleet, path, "4000G"), check=False)
    refused(ran, "swap.size is 3.9 TiB, but / has")
    is_as_declared(fleet, path, 16 * MIB)


def refused(ran: Ran, words: str) -> None:
    """The host was left as it is before its first change, with these words."""
    assert ran.code == 1
    assert "Be fit for what is declared" in ran.text.split("Starting operation")[-1]
    assert words in ran.text
    assert "Traceback" not in ran.text


def test_a_host_that_cannot_swap(fleet: Fleet, path: str) -> None:
    """It gets its server and nothing half done; the verifier says what is missing."""
    host = "host1"
    before = fleet.sh(host, "cat /etc/fstab")
    ran = fleet.apply(declared(fleet, path, "16M", host), check=False)
    assert ran.code == 1
    assert "set swap = None for this host" in ran.text
    assert re.search(rf"fail +swap: {path} is not active", ran.text)
    assert fleet.version(host)
    assert fleet.ssh(host, f"ls {path}*").stdout == ""
    assert fleet.sh(host, "cat /etc/fstab") == before
    fleet.apply(fleet.inventory(host))
