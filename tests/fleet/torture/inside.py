"""A lab host seen and touched from outside: its processes and its network cable."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from lab.processes import capture, leader
from lab.state import LabState

# What runs on a host all the time, or tells nothing about the work.
_ALWAYS = {"agetty", "dbus-daemon", "ollama", "sh", "sshd", "systemd"}
_OFTEN = ("systemd-", "(")


@dataclass(frozen=True)
class Seen:
    """A process of a host, by this machine's number."""

    pid: int
    name: str
    command: str


def first(lab: LabState, host: str) -> int:
    """The first process of a host that runs."""
    pid = leader(lab.machine_folder(host))
    assert pid is not None, f"{host} does not run"
    return pid


def processes(lab: LabState, host: str) -> list[Seen]:
    """Every process of a host."""
    namespace = os.readlink(f"/proc/{first(lab, host)}/ns/pid")
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # it ended while we looked
            if os.readlink(entry / "ns/pid") == namespace:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.append(Seen(int(entry.name), (entry / "comm").read_text().strip(), command))
    return found


def at_work(lab: LabState, host: str) -> str:
    """Names of the processes that are not always there."""
    names = {one.name for one in processes(lab, host) if not one.name.startswith(_OFTEN)}
    return " ".join(sorted(names - _ALWAYS))


def end_sessions(lab: LabState, host: str) -> None:
    """End every ssh connection of a host at its end."""
    for one in processes(lab, host):
        if one.command.startswith("sshd: ") and "[listener]" not in one.command:
            _send(one.pid, signal.SIGKILL)


def halt(lab: LabState, host: str) -> None:
    """Let nothing on a host run any more; its kernel goes on answering for it."""
    for one in processes(lab, host):
        _send(one.pid, signal.SIGSTOP)


def go_on(lab: LabState, host: str) -> None:
    """End a halt."""
    for one in processes(lab, host):
        _send(one.pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def plug(lab: LabState, host: str, word: str) -> None:
    """Set the bridge's end of a host's cable `up` or `down`."""
    inside = ["nsenter", "-t", str(first(lab, host)), "-n", "ip", "-json", "link", "show", "host0"]
    number = json.loads(capture(inside))[0]["link_index"]
    links = json.loads(capture(["ip", "-json", "link", "show", "master", lab.bridge]))
    port = next(link["ifname"] for link in links if link["ifindex"] == number)
    capture(["ip", "link", "set", port, word])


def mount(lab: LabState, host: str, script: str) -> None:
    """Run a shell script among a host's mounts, whatever state its network and sshd are in."""
    capture(["nsenter", "-t", str(first(lab, host)), "-m", "-p", "sh", "-c", script])
