"""The verifier says good of a good host, and each damage turns exactly its check red."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import api
from tests.fleet.damages import ANSWERS, DAMAGES, EXECUTABLE, RESTART, Damage
from tests.fleet.harness import OLDER, VERSION, Fleet, Ran

pytestmark = pytest.mark.slow

HOST = "host1"
GIB = 1024**3


@pytest.fixture(scope="module")
def good(fleet: Fleet) -> Iterator[Path]:
    """An inventory of one host that is what it declares."""
    fleet.reset(HOST)
    inventory = fleet.inventory(HOST, ollama={"models": fleet.models()})
    fleet.apply(inventory)
    return inventory


def judged(ran: Ran, status: str) -> dict[str, str]:
    """Check and finding of every result of one status."""
    checks: list[dict[str, Any]] = [c for host in ran.document["hosts"] for c in host["checks"]]
    return {check["check"]: check["found"] for check in checks if check["status"] == status}


def verified(fleet: Fleet, inventory: Path, *arguments: str) -> Ran:
    """`verify` as JSON."""
    return fleet.verify(inventory, "--format", "json", *arguments)


def test_a_good_host_is_good(fleet: Fleet, good: Path) -> None:
    ran = verified(fleet, good)
    assert ran.code == 0, ran.text
    statuses = {check["status"] for check in ran.document["hosts"][0]["checks"]}
    assert statuses == {"pass", "skipped"}
    assert set(judged(ran, "skipped")) == {"swap"}
    checks = ran.document["hosts"][0]["checks"]
    chat, embedding = [c["details"] for c in checks if c["check"] == "generate"]
    assert chat["answer"]
    assert chat["tokens_per_second"] > 0
    assert embedding["dimension"] == 384


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: str(damage.name))
def test_each_damage_turns_exactly_its_check_red(fleet: Fleet, good: Path, damage: Damage) -> None:
    fleet.sh(HOST, damage.do.replace("ADDRESS", fleet.lab.host(HOST).address))
    try:
        ran = verified(fleet, good)
        red = judged(ran, "fail")
        assert set(red) == {damage.check}, red
        assert damage.seen in red[damage.check]
        assert set(judged(ran, "warn")) == damage.also
        assert ran.code == 1
        assert f"{HOST} ({damage.check}" in ran.err
    finally:
        fleet.sh(HOST, damage.undo)


def test_every_damage_was_mended(fleet: Fleet, good: Path) -> None:
    """Else the next damage would not have turned its check red alone, but for the last one."""
    assert verified(fleet, good).code == 0


def test_another_version_under_the_declared_path(fleet: Fleet, good: Path) -> None:
    archive = f"{fleet.lab.mirror_url}/{OLDER}/ollama-linux-amd64.tar.zst"
    fleet.sh(HOST, f"cp -p $(readlink -f {EXECUTABLE}) /tmp/right")
    fleet.sh(
        HOST,
        f"mkdir /tmp/older && curl -sSf {archive} | zstd -d | tar -x -C /tmp/older bin/ollama && "
        f"cp /tmp/older/bin/ollama $(readlink -f {EXECUTABLE}).new && "
        f"mv $(readlink -f {EXECUTABLE}).new $(readlink -f {EXECUTABLE}) && {RESTART} && {ANSWERS}",
    )
    try:
        ran = verified(fleet, good)
        assert set(judged(ran, "fail")) == {"version"}
        assert judged(ran, "fail")["version"].startswith(OLDER)
    finally:
        target = f"$(readlink -f {EXECUTABLE})"
        fleet.sh(HOST, f"mv /tmp/right {target}.new && mv {target}.new {target} && {RESTART}")
        fleet.sh(HOST, ANSWERS)
    assert verified(fleet, good).code == 0


def test_another_version_than_the_one_declared(fleet: Fleet, good: Path) -> None:
    newer = fleet.inventory(HOST, ollama={"version": OLDER, "models": fleet.models()})
    ran = verified(fleet, newer)
    assert judged(ran, "fail").keys() == {"version"}
    assert judged(ran, "fail")["version"].startswith(VERSION)


def test_a_digest_that_is_not_the_pinned_one(fleet: Fleet, good: Path) -> None:
    models = [fleet.chat(digest="0" * 64), fleet.embedding()]
    ran = verified(fleet, fleet.inventory(HOST, ollama={"models": models}))
    assert judged(ran, "fail").keys() == {"models"}
    assert "not 000000000000" in judged(ran, "fail")["models"]


def test_a_full_disk(fleet: Fleet, good: Path) -> None:
    free = int(fleet.sh(HOST, "df --output=avail -B1 /opt | tail -n 1"))
    declared = {"models": fleet.models()}
    tight = fleet.inventory(HOST, ollama=declared, verify={"min_free_disk": free - free // 8})
    assert verified(fleet, tight).code == 0
    fleet.sh(HOST, f"fallocate -l {free // 4} /opt/filler")
    try:
        assert judged(verified(fleet, tight), "fail").keys() == {"disk"}
    finally:
        fleet.sh(HOST, "rm /opt/filler")


def test_memory_taken_by_something_else(fleet: Fleet, good: Path) -> None:
    available = int(fleet.sh(HOST, "awk '/MemAvailable/ {print $2}' /proc/meminfo")) * 1024
    declared = {"models": fleet.models()}
    tight = fleet.inventory(HOST, ollama=declared, verify={"min_free_memory": available - GIB})
    assert verified(fleet, tight).code == 0
    # tail keeps what has no line break in memory, until its input ends.
    hog = "systemd-run --unit=hog sh -c '(head -c 2G /dev/zero; sleep 60) | tail -n 1'"
    fleet.sh(HOST, f"{hog}; sleep 3")
    try:
        assert judged(verified(fleet, tight), "fail").keys() == {"memory"}
    finally:
        fleet.sh(HOST, "systemctl stop hog")


def test_a_host_that_is_down_is_unknown_beside_good_ones(fleet: Fleet, good: Path) -> None:
    both = fleet.inventory(HOST, "host2", ollama={"models": fleet.models()})
    api.stop(fleet.lab.name, "host2")
    try:
        ran = verified(fleet, both, "--no-generate")
        assert ran.code == 3, ran.text
        states = {host["host"]: host["status"] for host in ran.document["hosts"]}
        assert states == {HOST: "pass", "host2": "unknown"}
        assert "host2 (unreachable)" in ran.err
        plain = fleet.verify(both, "--no-generate")
        assert plain.code == 3
        assert "host2  unknown  unreachable: " in plain.out
    finally:
        api.start(fleet.lab.name, "host2")


def test_swap_switched_off(fleet: Fleet) -> None:
    host = "host3"
    path = f"/swapfile-{fleet.lab.name}"
    fleet.reset(host)
    inventory = fleet.inventory(host, swap={"size": "64M", "path": path})
    fleet.apply(inventory)
    assert verified(fleet, inventory).code == 0
    fleet.sh(host, f"swapoff {path}")
    assert judged(verified(fleet, inventory), "fail").keys() == {"swap"}
