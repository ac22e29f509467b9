"""A repository of tiny Debian packages in a folder of a host; who else is at its apt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.fleet.harness import Fleet, wait_until

REPOSITORY = "/srv/repo"
AWAY = "/srv/away"


@dataclass(frozen=True)
class Deb:
    """One package without files."""

    name: str
    version: str
    depends: str = ""
    provides: str = ""

    @property
    def control(self) -> str:
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": "all",
            "Maintainer": "lab <lab@localhost>",
            "Depends": self.depends,
            "Provides": self.provides,
            "Description": "of the lab",
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def publish(fleet: Fleet, host: str, *debs: Deb) -> None:
    """Add packages to the repository; apt has to fetch its lists to know of them."""
    script = f"set -e; mkdir -p {REPOSITORY}; cd {REPOSITORY}\n"
    for deb in debs:
        file = f"{deb.name}_{deb.version}.deb"
        script += (
            f"mkdir -p tree/DEBIAN; cat >tree/DEBIAN/control <<'END'\n{deb.control}END\n"
            f"dpkg-deb -Znone -b tree {file} >/dev/null\n"
            f"{{ cat tree/DEBIAN/control; echo Filename: ./{file}; stat -c 'Size: %s' {file}\n"
            f"sha256sum {file} | sed 's/ .*//; s/^/SHA256: /'; echo; }} >>Packages\nrm -r tree\n"
        )
    fleet.sh(host, script)


def only_these(fleet: Fleet, host: str) -> None:
    """Put the host's own sources away."""
    fleet.sh(
        host,
        f"mkdir {AWAY} && mv /etc/apt/sources.list* {AWAY} && "
        f"echo 'deb [trusted=yes] copy:{REPOSITORY} ./' >/etc/apt/sources.list",
    )


def as_before(fleet: Fleet, host: str) -> None:
    """Have the host's own sources again."""
    fleet.sh(
        host, f"rm -r {REPOSITORY} /etc/apt/sources.list && mv {AWAY}/* /etc/apt && rmdir {AWAY}"
    )


HOLD = """\
use Fcntl;
open F, ">>", $ARGV[0];
my $lock = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $lock) or die;
open G, ">", "/run/held";
sleep;
"""


@contextmanager
def held(fleet: Fleet, host: str, lock: str) -> Iterator[str]:
    """Another process, whose id this yields, holds that lock of apt or dpkg."""
    fleet.sh(host, "rm -f /run/held; cat >/run/hold", stdin=HOLD)
    fleet.sh(host, f"systemd-run -q --collect --unit=hold perl /run/hold {lock}")
    try:
        wait_until("the lock is held", lambda: fleet.ssh(host, "ls /run/held").returncode == 0)
        yield fleet.sh(host, "systemctl show hold -p MainPID --value")
    finally:
        fleet.ssh(host, "systemctl stop hold")
