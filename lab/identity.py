"""What makes a copy of a base root one particular machine: keys, names, address, passwords."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lab import base, infra
from lab.model import INFRA, LabHost, LabState
from lab.processes import capture

HOSTS_FILE = """\
127.0.0.1 localhost
127.0.1.1 {name}
::1 localhost ip6-localhost ip6-loopback
"""


def ensure_key(path: Path) -> None:
    """An ssh key pair at `path`, whole or not at all."""
    if path.with_suffix(".pub").exists() and path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (path, path.with_suffix(".pub")):
        leftover.unlink(missing_ok=True)
    capture(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.parent.name, "-f", path])


def host_key(lab: LabState, host: LabHost) -> Path:
    """The machine's own ssh key; it survives a reset, so known_hosts stays true."""
    return lab.machine_folder(host.name) / "host_key"


def write_known_hosts(lab: LabState) -> None:
    """known_hosts for all machines of the lab, before anybody connects."""
    lines = []
    for machine in lab.machines:
        ensure_key(host_key(lab, machine))
        kind, key = host_key(lab, machine).with_suffix(".pub").read_text().split()[:2]
        lines.append(f"{machine.address} {kind} {key}\n")
    part = lab.folder / ".known_hosts.part"
    part.write_text("".join(lines))
    part.rename(lab.known_hosts)


def write_first_files(lab: LabState, host: LabHost, root: Path) -> None:
    """What makes a copy of the base this very host."""
    etc = root / "etc"
    (etc / "hostname").write_text(f"{host.name}\n")
    (etc / "hosts").write_text(HOSTS_FILE.format(name=host.name))
    (etc / "resolv.conf").unlink(missing_ok=True)
    (etc / "resolv.conf").write_text(base.resolver())
    (etc / "machine-id").write_text(f"{secrets.token_hex(16)}\n")
    _private(etc / "ssh/ssh_host_ed25519_key", host_key(lab, host).read_text())
    public = lab.key.with_suffix(".pub").read_text()
    for home in ("root", "home/deployer", "home/asker"):
        owner = (root / home).stat()
        ssh_folder = root / home / ".ssh"
        ssh_folder.mkdir(mode=0o700, exist_ok=True)
        _private(ssh_folder / "authorized_keys", public)
        for path in (ssh_folder, ssh_folder / "authorized_keys"):
            os.chown(path, owner.st_uid, owner.st_gid)
    capture(["chroot", root, "chpasswd"], stdin=f"asker:{lab.sudo_password}\n")
    if host.name == INFRA:
        infra.configure(lab, root)
    elif 'Acquire::http::Proxy "' not in (etc / "apt/apt.conf.d/80lab").read_text():
        # A machine that needs a proxy of its own for apt keeps using that one.
        (etc / "apt/apt.conf.d/90lab-proxy").write_text(
            f'Acquire::http::Proxy "{lab.apt_proxy}";\n'
        )
    # Last: its presence says that the rest is complete.
    (etc / "lab-network").write_text(
        f"ADDRESS={host.address}/{lab.prefix_length}\nGATEWAY={lab.gateway}\nMTU={lab.mtu}\n"
    )


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
