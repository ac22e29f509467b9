"""A gateway is verified from inside and outside, and each damage turns exactly its line red."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fleet import gatewaying
from tests.fleet.gateway_damages import DAMAGES, KEEP, GatewayDamage
from tests.fleet.gatewaying import KEYS, PASSWORD
from tests.fleet.harness import Fleet
from tests.fleet.test_verifier import judged, verified
from tests.fleet.watching import watched

pytestmark = pytest.mark.slow

HOST, OTHER = "host1", "host2"
SSHD = "/etc/ssh/sshd_config.d/00-forwarding.conf"
LOG = "/var/log/pyinfra-ollama/gateway.log"


@pytest.fixture(scope="module")
def good(fleet: Fleet) -> Path:
    """A gateway with the usual limits, all else that can be declared, and a model."""
    inventory = gatewaying.full(fleet, limits={})
    fleet.reset(HOST)
    fleet.apply(inventory)
    fleet.sh(HOST, KEEP)
    fleet.generates.add(inventory)
    # The deployment has had it answer already.
    inventory.write_text(inventory.read_text().replace("'generate': False", "'generate': True"))
    return inventory


def test_a_good_gateway_is_good_and_no_key_is_shown(fleet: Fleet, good: Path) -> None:
    words = [*KEYS.values(), PASSWORD.replace(" ", "")]
    with watched(fleet, HOST, words) as seen:
        ran = verified(fleet, good, "-vv")
    assert ran.code == 0, ran.text
    assert set(judged(ran, "skipped")) == {"swap", "renewal"}
    assert not judged(ran, "warn")
    assert not any(word in ran.text for word in (*KEYS.values(), PASSWORD))
    # Another lab's host may be given the canaries of test_attending, a key among them.
    assert [line for line in seen.lines if "canary-hook" not in line] == []
    assert min(seen.looks) > 3


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: str(damage.name))
def test_each_damage_turns_exactly_its_check_red(
    fleet: Fleet, good: Path, damage: GatewayDamage
) -> None:
    fleet.sh(HOST, damage.do.replace("ADDRESS", fleet.lab.host(HOST).address))
    try:
        ran = verified(fleet, good, *damage.asked)
        red = judged(ran, "fail")
        assert set(red) == {damage.check}, red
        assert damage.seen in red[damage.check]
        assert set(judged(ran, "warn")) == damage.also
        assert ran.code == 1
    finally:
        fleet.sh(HOST, damage.undo)


def test_every_damage_was_mended(fleet: Fleet, good: Path) -> None:
    """Else the next damage would not have turned its check red alone, but for the last one."""
    assert verified(fleet, good, "--no-generate").code == 0


@contextmanager
def forbidding(fleet: Fleet) -> Iterator[None]:
    """The other host's SSH server forbids forwarding."""
    reload = "systemctl reload ssh && sleep 1"
    fleet.sh(OTHER, f"echo 'AllowTcpForwarding no' >{SSHD} && {reload}")
    try:
        yield
    finally:
        fleet.sh(OTHER, f"rm -f {SSHD} && {reload}")


def both(fleet: Fleet) -> Path:
    """The same declaration for an inventory that has the other host as well."""
    full = gatewaying.declared(**{**gatewaying.FULL, "limits": {}})
    declared = {"ollama": {"https_proxy": gatewaying.DEAD, "models": [fleet.chat()]}}
    each = {HOST: {"gateway": full, **declared}}
    return fleet.inventory(HOST, OTHER, each=each, verify={"generate": False})


def test_the_same_from_another_host_and_its_ssh_server_may_forbid_forwarding(
    fleet: Fleet, good: Path
) -> None:
    inventory = both(fleet)
    looking = ("--limit", HOST, "--from", OTHER)
    address = fleet.lab.host(OTHER).address
    ran = verified(fleet, inventory, *looking)
    assert ran.code == 0, ran.text
    assert f"from {OTHER}" in judged(ran, "pass")["outside-ports"]
    count = int(fleet.sh(HOST, f'grep -c \'"address":"{address}"\' {LOG}'))
    assert count > 50
    with forbidding(fleet):
        assert verified(fleet, inventory, *looking).code == 0
    assert int(fleet.sh(HOST, f'grep -c \'"address":"{address}"\' {LOG}')) > count + 50


def test_a_host_to_look_from_that_cannot_be_reached(fleet: Fleet, good: Path) -> None:
    gone = fleet.inventory(HOST, OTHER, each={OTHER: {"ssh_port": 1}})
    ran = fleet.verify(gone, "--limit", HOST, "--from", OTHER)
    assert ran.code == 3
    assert f"--from {OTHER}: " in ran.err
    assert "Traceback" not in ran.err
