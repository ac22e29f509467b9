"""Packages: what is missing comes, upgrades as declared, trouble of apt and dpkg mended or said.

The host's own sources are put away after the first run: a repository of a few tiny packages in a
folder takes their place, so that nothing here depends on what the network has today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama.scripts import __file__ as scripts
from tests.fleet.debs import Deb, as_before, held, only_these, publish
from tests.fleet.harness import Fleet

HOST = "host2"
PACKAGES = "Have the needed and declared packages"
STAMP = "/var/lib/pyinfra-ollama/apt-updated"
OURS = ("tool", "needs", "held", "lib", "plain")


@pytest.fixture(scope="module")
def bare(fleet: Fleet) -> None:
    """The host as it comes from the installer."""
    fleet.reset(HOST)


@pytest.fixture(scope="module")
def repository(fleet: Fleet, bare: None) -> Iterator[None]:
    """The host is converged, and knows the packages in /srv/repo only."""
    fleet.apply(fleet.inventory(HOST))
    only_these(fleet, HOST)
    first = Deb("tool", "1"), Deb("needs", "1"), Deb("held", "1")
    publish(fleet, HOST, *first, Deb("lib", "1"), Deb("plain", "1", provides="virtual"))
    fleet.sh(HOST, "apt-get -q update && apt-get -q -y install tool needs held")
    fleet.sh(HOST, "apt-mark hold held")
    publish(fleet, HOST, Deb("tool", "2"), Deb("needs", "2", depends="lib"), Deb("held", "2"))
    yield
    as_before(fleet, HOST)
    fleet.sh(HOST, f"rm {STAMP}; dpkg --purge --force-hold {' '.join(OURS)}")


def declared(fleet: Fleet, *tools: str, **more: Any) -> Path:
    return fleet.inventory(HOST, packages={"tools": tools, **more})


def installed(fleet: Fleet) -> dict[str, str]:
    """Name and version of what is installed of the little repository."""
    command = "dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\\n'"
    rows = [line.split() for line in fleet.sh(HOST, command).splitlines()]
    ours = ("tool", "needs", "held", "lib", "plain")
    return {
        name: version for status, name, version in rows if status == "installed" and name in ours
    }


def test_a_bare_host_gets_what_is_needed_and_declared(fleet: Fleet, bare: None) -> None:
    wanted = ("ca-certificates", "curl", "iproute2", "procps", "zstd", "time")
    changed = fleet.apply(declared(fleet, "time")).changed()
    assert PACKAGES in changed[HOST]
    status = fleet.sh(HOST, f"dpkg-query -W -f '${{Status}}\\n' {' '.join(wanted)}")
    assert status.splitlines() == ["install ok installed"] * len(wanted)
    fetched = fleet.sh(HOST, f"stat -c %y {STAMP}; stat -c %z /var/lib/apt/lists")
    assert fleet.apply(declared(fleet, "time")).changed() == {}
    assert fleet.sh(HOST, f"stat -c %y {STAMP}; stat -c %z /var/lib/apt/lists") == fetched


def test_upgrades(fleet: Fleet, repository: None) -> None:
    assert fleet.plan(declared(fleet)).planned == {}, "upgrade is none unless it is declared"
    fleet.sh(HOST, f"touch -d '2 days ago' {STAMP}")

    assert fleet.apply(declared(fleet, upgrade="safe")).changed() == {HOST: [PACKAGES]}
    assert installed(fleet) == {"tool": "2", "needs": "1", "held": "1"}
    assert fleet.plan(declared(fleet, upgrade="safe")).planned == {}

    assert fleet.apply(declared(fleet, upgrade="full")).changed() == {HOST: [PACKAGES]}
    assert installed(fleet) == {"tool": "2", "needs": "2", "held": "1", "lib": "1"}

    publish(fleet, HOST, Deb("tool", "3"))
    assert fleet.plan(declared(fleet, upgrade="full")).planned == {}, "the lists are fresh"
    fleet.sh(HOST, f"touch -d '2 hours ago' {STAMP}")
    assert fleet.plan(declared(fleet, upgrade="full")).planned == {}
    hourly = declared(fleet, upgrade="full", cache_seconds=3600)
    assert fleet.apply(hourly).changed() == {HOST: [PACKAGES]}
    assert installed(fleet)["tool"] == "3"
    assert fleet.plan(hourly).planned == {}


def test_what_a_killed_run_left_unpacked_is_finished(fleet: Fleet, repository: None) -> None:
    """One package lacks only its configuration, the other also what it depends on."""
    fleet.sh(HOST, "dpkg --purge tool needs lib")
    fleet.sh(HOST, "cd /srv/repo && dpkg --unpack tool_2.deb needs_2.deb")
    assert fleet.sh(HOST, "dpkg-query -W -f '${db:Status-Status}' needs") == "unpacked"
    fleet.apply(declared(fleet, "needs"))
    assert installed(fleet) | {"tool": "2"} == {"tool": "2", "needs": "2", "held": "1", "lib": "1"}
    assert fleet.sh(HOST, "dpkg --audit") == ""


def test_what_a_full_disk_left_torn_is_unpacked_anew(fleet: Fleet, repository: None) -> None:
    """As dpkg notes it when it could not write: one whole but for that, one without its need."""
    fleet.sh(HOST, "cd /srv/repo && dpkg --purge tool needs lib; dpkg -i tool_2.deb lib_1.deb")
    fleet.sh(HOST, "cd /srv/repo && dpkg -i needs_2.deb && dpkg --purge --force-depends lib")
    for name, state in (("tool", "unpacked"), ("needs", "half-installed")):
        told = f"/^Package: {name}$/,/^$/s/^Status: .*/Status: install reinstreq {state}/"
        fleet.sh(HOST, f"sed -i '{told}' /var/lib/dpkg/status")
    fleet.apply(declared(fleet, "needs", "tool"))
    assert installed(fleet).keys() >= {"tool", "needs", "lib"}
    assert fleet.sh(HOST, "dpkg --audit") == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no-such-package", "Unable to locate package no-such-package"),
        ("virtual", "virtual is no package of its own"),
    ],
)
def test_a_package_that_cannot_be_had(
    fleet: Fleet, repository: None, name: str, words: str
) -> None:
    ran = fleet.apply(declared(fleet, name), check=False)
    assert ran.code == 1
    assert words in ran.text
    assert "Packages(tools=[...])" in ran.text
    assert "Traceback" not in ran.text


def test_lists_that_are_too_old_are_fetched_again(fleet: Fleet, repository: None) -> None:
    """Fresh by the clock, but the package came, or its file went, since."""
    fleet.sh(HOST, f"touch {STAMP}; rm -rf /var/lib/apt/lists/*; dpkg --purge plain")
    fleet.apply(declared(fleet, "plain"))
    assert installed(fleet)["plain"] == "1"


def test_another_apt_is_waited_for(fleet: Fleet, repository: None) -> None:
    fleet.sh(HOST, f"dpkg --purge plain; touch -d '2 days ago' {STAMP}")
    with held(fleet, HOST, "/var/lib/dpkg/lock-frontend") as pid:
        fleet.sh(
            HOST,
            "systemd-run -q --on-active=2 --timer-property=AccuracySec=1ms systemctl stop hold",
        )
        ran = fleet.apply(declared(fleet, "plain"))
    assert f"waiting for process {pid}" in ran.text
    assert "a reboot is needed" not in ran.text
    assert installed(fleet)["plain"] == "1"


@pytest.mark.parametrize(
    "lock", ["/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/apt/lists/lock"]
)
def test_waiting_has_an_end(fleet: Fleet, repository: None, lock: str) -> None:
    """The script that the deployment runs, with less patience."""
    script = Path(scripts).with_name("apt.sh").read_text()
    with held(fleet, HOST, lock) as pid:
        ran = fleet.ssh(HOST, "cat >/run/apt.sh; sh /run/apt.sh yes '' 0 plain", stdin=script)
    assert ran.returncode == 1
    assert re.match(rf"packages: process {pid}.* has held .*: let it end or stop it", ran.stderr)


IDLE = "#!/bin/sh\nexec sleep 60\n"


def test_an_apt_that_stands_still_is_ended(fleet: Fleet, repository: None) -> None:
    """The script that the deployment runs, with less patience, and an apt-get that does nothing."""
    script = Path(scripts).with_name("apt.sh").read_text()
    assert "-ge 600" in script
    fleet.sh(HOST, "mkdir -p /run/idle; install -m 755 /dev/stdin /run/idle/apt-get", stdin=IDLE)
    command = "cat >/run/apt.sh; PATH=/run/idle:$PATH sh /run/apt.sh yes '' 0 plain"
    ran = fleet.ssh(HOST, command, stdin=script.replace("-ge 600", "-ge 5"), timeout=30)
    assert ran.returncode == 1
    assert "E: apt-get stood still for two minutes and was ended" in ran.stderr
    assert fleet.ssh(HOST, "pgrep -f '[s]leep 60'").returncode == 1


def test_a_reboot_is_reported_and_left_to_people(fleet: Fleet, repository: None) -> None:
    boot = "cat /proc/sys/kernel/random/boot_id; systemctl show -p UserspaceTimestamp"
    before = fleet.sh(HOST, f"touch /run/reboot-required; {boot}")
    ran = fleet.apply(declared(fleet))
    assert ran.text.count("a reboot is needed") == 1
    assert ran.changed() == {}
    assert fleet.sh(HOST, f"rm /run/reboot-required; {boot}") == before
