"""Uninstalling: a host is what it was before the first run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet import gatewaying
from tests.fleet.harness import Fleet
from tests.fleet.leaving import KEPT, assert_same, bare, look, uninstall

pytestmark = pytest.mark.slow

# host3 has a root that swaps.
HOST = "host3"
NOTHING = "nothing of this package is there"
# Ends everything that this package runs on a host, and apt with it, at a given moment.
KILL = (
    "systemd-run -q --collect sh -c 'until WHEN; do sleep 0.02; done; "
    "kill -9 $(grep -lsxFz pyinfra-ollama /proc/[0-9]*/cmdline | cut -d / -f 3) "
    "$(pidof apt-get dpkg)'"
)


def everything(fleet: Fleet, folder: Path) -> Path:
    """All that a host can have at once."""
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text("0123456789abcdef\n")
    chat = fleet.chat()
    own = {**chat, "name": "mine", "base": chat["name"], "options": {"num_ctx": 512}}
    return fleet.inventory(
        HOST,
        ollama={"models": [chat, own]},
        swap={"size": "64M"},
        gateway=gatewaying.declared(),
        firewall={},
        monitoring={},
        metrics={},
        observer={},
        backup={"repository": {"path": KEPT}, "password": Secret.file(str(password))},
        verify={"generate": False},
    )


def test_a_host_is_what_it_was_also_when_uninstalling_was_cut_off(
    fleet: Fleet, tmp_path: Path
) -> None:
    before = bare(fleet, HOST)
    inventory = everything(fleet, tmp_path)
    fleet.apply(inventory, timeout=600)
    fleet.sh(HOST, "ollama-backup run && systemctl start ollama-monitor", timeout=300)

    planned = uninstall(inventory, "--purge-models", "--plan")
    assert planned.code == 2, planned.text
    assert f"stays: {KEPT}: backups" in planned.out
    assert fleet.version(HOST), "a plan changes nothing"
    refused = uninstall(inventory, "--purge-models")
    assert refused.code == 130, "nobody answered"
    assert fleet.version(HOST)

    for when in ("[ ! -e /usr/local/bin/ollama ]", "[ ! -e /usr/bin/restic ]"):
        fleet.sh(HOST, KILL.replace("WHEN", when))
        cut = uninstall(inventory, "--purge-models", "--yes")
        assert cut.code == 1, cut.text
        assert "what is left goes with the next uninstall" in cut.err
    ran = uninstall(inventory, "--purge-models", "--yes")
    assert ran.code == 0, ran.text
    assert_same(before, look(fleet, HOST))
    assert fleet.sh(HOST, f"ls {KEPT}/config"), "the backups stay"

    again = uninstall(inventory, "--purge-models", "--plan")
    assert (again.code, NOTHING in again.out) == (0, True), again.text
