"""The root file systems: a bare Debian per suite, and the `infra` machine's on top of one."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from lab import cgroups, sources
from lab.paths import artefact, cache_dir
from lab.processes import capture, run_tool
from lab.progress import step

PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "openssh-server", "iproute2", "ca-certificates", "sudo",
)  # fmt: skip
"""All that a bare host has beyond the smallest Debian: it boots, it answers ssh, it knows sudo."""

INFRA_PACKAGES = ("nginx-light", "docker-registry")

NETWORK_UNIT = """\
# Made by the lab: the machine's address, written to /etc/lab-network by the lab before the boot.
[Unit]
Description=Address of this lab host
DefaultDependencies=no
Before=network-pre.target network.target ssh.service
Wants=network-pre.target
After=local-fs.target

[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=/etc/lab-network
ExecStart=/usr/sbin/ip link set host0 mtu ${MTU} up
ExecStart=/usr/sbin/ip address replace ${ADDRESS} dev host0
ExecStart=/usr/sbin/ip route replace default via ${GATEWAY}

[Install]
WantedBy=multi-user.target
"""

SSHD = """\
# Made by the lab. One key type, so that its known_hosts is complete.
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
# Tests connect many times at once.
MaxStartups 100
"""

_RECIPE = 1  # raise when what `_finish` or `_install_infra` writes changes


def base_root(suite: str) -> Path:
    """The cached root of a bare host, made with debootstrap when missing."""
    archives = sources.of_this_machine()
    listing = sources.render(archives, suite)
    key = _key(suite, PACKAGES, listing, NETWORK_UNIT, SSHD, machine_apt_options())

    def make(part: Path) -> None:
        with step(f"install a bare Debian {suite}", expect="under a minute"):
            command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite]
            mirror = sources.main_archive(archives)
            log = cache_dir() / "logs" / f"debootstrap-{suite}.log"
            run_tool([*command, part, *([mirror] if mirror else [])], log=log)
            _finish(part, listing)

    return artefact(_folder("base") / f"{suite}-{key}", make)


def infra_root() -> Path:
    """The cached root of the machine that serves releases, models and apt's packages."""
    base = base_root(sources.default_suite())

    def make(part: Path) -> None:
        with step("install the infra machine (nginx, docker-registry)", expect="20 s"):
            capture(["cp", "-a", "--reflink=auto", f"{base}/.", part])
            _copy_resolver(part)
            log = cache_dir() / "logs" / "infra.log"
            install = ["apt-get", "install", "-y", "--no-install-recommends", *INFRA_PACKAGES]
            script = (
                "export DEBIAN_FRONTEND=noninteractive; apt-get update && "
                + " ".join(install)
                + " && systemctl disable docker-registry nginx && apt-get clean"
            )
            # A root that nothing runs in yet: starting services must not be tried.
            policy = part / "usr/sbin/policy-rc.d"
            policy.write_text("#!/bin/sh\nexit 101\n")
            policy.chmod(0o755)
            run_inside(part, script, [], log=log)
            policy.unlink()

    key = _key(base.name, INFRA_PACKAGES)
    return artefact(_folder("infra") / key, make)


def run_inside(root: Path, script: str, options: list[str], *, log: Path) -> None:
    """Run a shell script in a root that is not booted; it ends when this command ends."""
    # Only an artefact's maker calls this, under the artefact's lock, so nobody else has this name.
    group = f"cache.{_key(str(root))}"
    command = [*cgroups.entering(group), *nspawn(root), "--as-pid2", *options]
    try:
        # systemd-nspawn has namespaces of its own.
        run_tool([*command, "sh", "-c", script], log=log, isolated=False)
    finally:
        cgroups.remove(group)


def nspawn(root: Path, *, own_unit: bool = False) -> list[str]:
    """The start of every systemd-nspawn command: no machined, no resolver magic.

    `own_unit`: it runs in a unit made for it, and needs no scope of systemd's beside that.
    """
    command = [
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--resolv-conf=off",
        f"--directory={root}",
    ]
    if own_unit or cgroups.needed():
        command.append("--keep-unit")
    return command


def resolver() -> str:
    """This machine's resolv.conf as a host on a bridge can use it (no stub on loopback)."""
    behind_stub = Path("/run/systemd/resolve/resolv.conf")
    own = Path("/etc/resolv.conf").read_text()
    return behind_stub.read_text() if "127.0.0.53" in own and behind_stub.is_file() else own


def _finish(root: Path, listing: str) -> None:
    etc = root / "etc"
    (etc / "apt/sources.list").unlink(missing_ok=True)
    (etc / "apt/sources.list.d/debian.sources").write_text(listing)
    options = [f'{name} "{value}";' for name, value in sorted(machine_apt_options().items())]
    # Translations are most of what an update would fetch, and nobody reads them here.
    (etc / "apt/apt.conf.d/80lab").write_text(
        "\n".join([*options, 'Acquire::Languages "none";', ""])
    )
    (etc / "ssh/sshd_config.d/lab.conf").write_text(SSHD)
    for key in (etc / "ssh").glob("ssh_host_*"):
        key.unlink()  # each host gets its own
    unit = etc / "systemd/system/lab-network.service"
    unit.write_text(NETWORK_UNIT)
    wants = etc / "systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    (wants / unit.name).symlink_to(f"/{unit.relative_to(root)}")
    _copy_certificates(root)
    for name in ("deployer", "asker"):
        capture(["chroot", root, "useradd", "--create-home", "--shell", "/bin/bash", name])
    sudoers = etc / "sudoers.d/lab"
    sudoers.write_text("deployer ALL=(ALL:ALL) NOPASSWD: ALL\nasker ALL=(ALL:ALL) ALL\n")
    sudoers.chmod(0o440)
    for leftover in (root / "var/lib/apt/lists").glob("*_*"):
        leftover.unlink()  # as on a fresh machine: lists come with its first apt-get update
    for package in (root / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()
    (etc / "machine-id").unlink(missing_ok=True)


def _copy_certificates(root: Path) -> None:
    """Authorities this machine trusts beyond Debian's (a company's proxy), for https from hosts."""
    local = Path("/usr/local/share/ca-certificates")
    if local.is_dir() and any(local.rglob("*.crt")):
        shutil.copytree(local, root / "usr/local/share/ca-certificates", dirs_exist_ok=True)
        capture(["chroot", root, "update-ca-certificates"])


def _copy_resolver(root: Path) -> None:
    path = root / "etc/resolv.conf"
    path.unlink(missing_ok=True)
    path.write_text(resolver())


def machine_apt_options() -> dict[str, str]:
    """What this machine's apt was told about reaching archives; hosts are told the same."""
    return sources.apt_options(capture(["apt-config", "dump"]))


def _folder(name: str) -> Path:
    folder = cache_dir() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _key(*parts: object) -> str:
    return hashlib.sha256(repr((_RECIPE, *parts)).encode()).hexdigest()[:12]
