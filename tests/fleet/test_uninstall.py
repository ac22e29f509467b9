"""Uninstalling: a host's list of files is what it was before the first run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import BIN, Fleet, Ran, run

pytestmark = pytest.mark.slow

# host3 has a root that swaps.
HOST = "host3"
# What a host changes by itself, what apt keeps of its work, and the backups, which stay.
ASIDE = [
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/tmp",
    "/var/tmp",
    "/var/log",
    "/var/cache",
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/lib/systemd",
    "/var/lib/private",
    "/root",
    "/srv/kept",
]


def files(fleet: Fleet) -> set[str]:
    """Every path on the host, with what it is and whose."""
    pruned = " -o ".join(f"-path {path}" for path in ASIDE)
    command = f"find / -xdev \\( {pruned} \\) -prune -o -printf '%y %m %u %g %p %l\\n'"
    return set(fleet.sh(HOST, command).splitlines())


def texts(fleet: Fleet) -> dict[str, str]:
    """What stands in files that a deployment edits or replaces."""
    paths = "/etc/passwd /etc/group /etc/fstab /etc/hosts /proc/sys/vm/swappiness"
    lines = fleet.sh(HOST, f"sha256sum {paths}").splitlines()
    return {line.split()[1]: line.split()[0] for line in lines}


def uninstall(fleet: Fleet, inventory: Path, *words: str) -> Ran:
    return run([str(BIN / "pyinfra-ollama"), "uninstall", str(inventory), *words], 600)


def everything(fleet: Fleet, folder: Path) -> Path:
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text("0123456789abcdef\n")
    gateway: dict[str, Any] = {"allow_anonymous": True}
    return fleet.inventory(
        HOST,
        ollama={"models": [fleet.chat()]},
        swap={"size": "64M"},
        gateway=gateway,
        backup={"repository": {"path": "/srv/kept"}, "password": Secret.file(str(password))},
    )


def test_a_host_is_what_it_was_before_the_first_run(fleet: Fleet, tmp_path: Path) -> None:
    fleet.reset(HOST)
    before, said = files(fleet), texts(fleet)
    inventory = everything(fleet, tmp_path)
    fleet.apply(inventory)
    fleet.sh(HOST, "ollama-backup run", timeout=300)

    planned = uninstall(fleet, inventory, "--purge-models", "--plan")
    assert planned.code == 2, planned.text
    assert "stays: /srv/kept" in planned.out
    assert fleet.version(HOST), "a plan changes nothing"

    ran = uninstall(fleet, inventory, "--purge-models", "--yes")
    assert ran.code == 0, ran.text
    after = files(fleet)
    assert sorted(after - before) == []
    assert sorted(before - after) == []
    assert texts(fleet) == said

    again = uninstall(fleet, inventory, "--purge-models", "--plan")
    assert again.code == 0, again.text
    assert "nothing of this package is there" in again.out


def test_models_and_packages_stay_when_they_are_to(fleet: Fleet, tmp_path: Path) -> None:
    inventory = everything(fleet, tmp_path)
    fleet.apply(inventory)
    packages = fleet.sh(HOST, "dpkg-query -W -f '${Package}\\n'")
    assert uninstall(fleet, inventory, "--keep-packages", "--yes").code == 0
    assert fleet.sh(HOST, "dpkg-query -W -f '${Package}\\n'") == packages
    models = "/usr/share/ollama/.ollama/models"
    assert fleet.sh(HOST, f"stat -c %U {models}/blobs") == "ollama"
    assert fleet.ssh(HOST, "systemctl cat ollama.service").returncode != 0
    # The next deployment finds its models.
    fleet.apply(inventory)
    assert fleet.listed(HOST) == {fleet.chat()["name"]}
