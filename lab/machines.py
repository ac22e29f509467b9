"""One machine: its root, its first files, its start and its end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import time
from pathlib import Path

from lab import base, cgroups, identity
from lab.errors import LabError
from lab.model import LabHost, LabState
from lab.paths import remove_tree, unmount_below
from lab.processes import MARK, capture, end_machines, leader

BOOT_SECONDS = 90


def start(lab: LabState, host: LabHost, lower: str, *, options: list[str]) -> None:
    """Boot a machine on its existing root, or on a new one; returns before it answers."""
    folder = lab.machine_folder(host.name)
    root = _mounted_root(lab, host, lower)
    if not (root / "etc/lab-network").exists():
        identity.write_first_files(lab, host, root)
    command = [
        *cgroups.detached(f"{lab.name}-{host.name}", f"{MARK}={folder}", folder / "console.log"),
        *base.nspawn(root, own_unit=True),
        "--boot",
        "--console=pipe",
        f"--machine={lab.name}-{host.name}",
        f"--hostname={host.name}",
        f"--network-bridge={lab.bridge}",
        "--link-journal=no",
        f"--setenv={MARK}={folder}",
        *options,
    ]
    if host.root == "plain":
        command.append("--system-call-filter=swapon swapoff")
    with (folder / "console.log").open("ab") as console:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, check=True
        )


def wait_ready(lab: LabState, host: LabHost) -> None:
    """Wait until the machine has booted and answers ssh; LabError with its console when not."""
    deadline = time.monotonic() + BOOT_SECONDS
    said = "no answer on the ssh port"
    while time.monotonic() < deadline:
        if _answers(host.address):
            # A busy disk can hold up even an sshd that answered, so this is tried again as well.
            result = ssh(lab, host, "timeout 40 systemctl is-system-running --wait")
            said = result.stdout.strip() or result.stderr.strip()
            if said in ("running", "degraded"):
                (lab.machine_folder(host.name) / "ready").touch()
                return
        time.sleep(0.1)
    raise LabError(f"{host.name} did not boot ({said}):{_console(lab, host)}")


def ssh_command(lab: LabState, host: LabHost, user: str = "root") -> list[str]:
    """The ssh command line to a machine: the lab's key and known_hosts, nothing of the user's."""
    return [
        "ssh", "-F", "none", "-i", str(lab.key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", f"UserKnownHostsFile={lab.known_hosts}", "-o", "StrictHostKeyChecking=yes",
        "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR", f"{user}@{host.address}",
    ]  # fmt: skip


def ssh(
    lab: LabState,
    host: LabHost,
    command: str,
    *,
    user: str = "root",
    stdin: str | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a shell command on a machine with plain ssh."""
    return subprocess.run(
        [*ssh_command(lab, host, user), command],
        input=stdin or "",
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def end(lab: LabState, host: LabHost) -> None:
    """Cut the machine's power and free what it held; its root stays."""
    folder = lab.machine_folder(host.name)
    end_machines(folder)
    cgroups.remove(f"{lab.name}-{host.name}")
    _swap_off(folder / "root")
    unmount_below(folder)
    # What systemd-nspawn notes about machines; it cannot always remove it itself.
    for note in Path("/run/systemd/nspawn").glob(f"*/{lab.name}-{host.name}*"):
        with contextlib.suppress(OSError, LabError):
            remove_tree(note) if note.is_dir() else note.unlink()


def drop_root(lab: LabState, host: LabHost) -> None:
    """Forget everything that happened on an ended machine; its ssh key stays."""
    folder = lab.machine_folder(host.name)
    (folder / "ready").unlink(missing_ok=True)
    for part in ("upper", "work", "merged", "root", "registry", ".root.part"):
        remove_tree(folder / part)


def _mounted_root(lab: LabState, host: LabHost, lower: str) -> Path:
    folder = lab.machine_folder(host.name)
    if host.root == "plain":
        root, part = folder / "root", folder / ".root.part"
        if not root.exists():
            remove_tree(part)
            capture(["cp", "-a", "--reflink=auto", lower, part])
            part.rename(root)
        return root
    upper, work, merged = (folder / name for name in ("upper", "work", "merged"))
    for path in (upper, work, merged):
        path.mkdir(parents=True, exist_ok=True)
    if not os.path.ismount(merged):
        layers = f"lowerdir={lower},upperdir={upper},workdir={work}"
        capture(["mount", "-t", "overlay", f"pyinfra-ollama-{lab.name}", "-o", layers, merged])
    return merged


def _answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=1) as connection:
            connection.settimeout(3)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _console(lab: LabState, host: LabHost) -> str:
    log = lab.machine_folder(host.name) / "console.log"
    running = "it runs" if leader(lab.machine_folder(host.name)) else "it has ended"
    lines = log.read_text(errors="replace").splitlines()[-10:]
    return f" {running}; the end of {log}:\n  " + "\n  ".join(lines)


def _swap_off(root: Path) -> None:
    """Turn off swap files inside a plain root: swap belongs to this machine, not to the host."""
    libc = ctypes.CDLL(None, use_errno=True)
    for line in Path("/proc/swaps").read_text().splitlines()[1:]:
        # Shown as the host saw it; swapoff() refuses a file that is not in use as swap.
        path = root / line.split()[0].removeprefix(str(root)).lstrip("/")
        if path.is_file():
            libc.swapoff(os.fsencode(path))
