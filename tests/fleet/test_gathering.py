"""One question a run, kept until anything was done on the host: with and without it, the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pyinfra_ollama import layout
from tests.fleet.harness import BIN, Fleet, Ran, run

DEPLOYS = Path(__file__).parent / "deploys"
HOST = "host1"
WAYS = ("on", "off")
# Preflight and the operations after it, without those of swap.
LOOKS = 9
# What differs from one look to the next, or from one installation to the next; all hosts of the
# machine see all active swap, so another lab's comes and goes.
PASSING = ("now", "memory", "disk", "port_holders", "modified", "lists_updated", "pid", "swap")


def recorded(
    fleet: Fleet, inventory: Path, way: str, *arguments: str
) -> tuple[Ran, list[dict[str, Any]]]:
    """A run, and the answers that its operations were given, in their order."""
    fleet.count += 1
    answers = fleet.folder / f"answers{fleet.count}"
    answers.touch()
    command = [str(BIN / "pyinfra"), str(inventory), str(DEPLOYS / "recorded.py"), *arguments]
    with fleet.turn(inventory, quiet="--dry" in arguments):
        ran = run(command, 300, ANSWERS=str(answers), PYINFRA_OLLAMA_GATHER=way)
    assert ran.code == 0, ran.text
    return ran, [lasting(json.loads(line)) for line in answers.read_text().splitlines()]


def lasting(answer: Any) -> Any:
    """The answer without what passes."""
    if isinstance(answer, dict):
        return {name: lasting(value) for name, value in answer.items() if name not in PASSING}
    return answer


def commands(ran: Ran) -> int:
    """What pyinfra sent to the host, by its own account."""
    return sum(line.startswith(f"[{HOST}] >>> ") for line in ran.err.splitlines())


@pytest.fixture(scope="module")
def converged(fleet: Fleet) -> Path:
    """A bare host was asked in both ways before, during and after its first deployment."""
    inventory = fleet.inventory(
        HOST, ollama={"models": [fleet.embedding(options={"num_ctx": 256})]}
    )
    changed, planned, answers = [], [], []
    for way in WAYS:
        fleet.reset(HOST)
        dry, before = recorded(fleet, inventory, way, "--dry", "--json")
        wet, during = recorded(fleet, inventory, way, "-y", "--json")
        planned.append(dry.planned)
        changed.append(wet.changed())
        answers.append((before, during))
    assert len(answers[0][0]) == LOOKS
    assert answers[0] == answers[1]
    assert planned[0] == planned[1] == changed[0] == changed[1]
    return inventory


def test_on_a_converged_host(fleet: Fleet, converged: Path) -> None:
    """The same answers to every operation; one command instead of one for each."""
    asked, answers = {}, []
    for way in WAYS:
        ran, given = recorded(fleet, converged, way, "-y", "-vv", "--json")
        assert ran.changed() == {}
        asked[way] = commands(ran)
        answers.append(given)
        assert recorded(fleet, converged, way, "--dry", "--json")[0].planned == {}
    assert answers[0] == answers[1]
    assert asked["on"] == 1
    assert asked["off"] == len(answers[1]) == LOOKS


@pytest.mark.parametrize(
    "damage",
    ["put", "line", "shell", "absent", "function", "function that uploads", "unseen"],
)
def test_what_a_persons_own_operation_changed_is_seen(
    fleet: Fleet, converged: Path, damage: str
) -> None:
    """The operation after it looks again, and mends in the same run what it did to the unit."""
    before = fleet.sh(HOST, f"sha256sum {layout.UNIT_FILE}")
    deploy = str(DEPLOYS / "with_own_operations.py")
    command = [str(BIN / "pyinfra"), str(converged), deploy, "-y", "-vv"]
    ran = run(command, 120, DAMAGE=damage)
    assert ran.code == 0, ran.text
    assert fleet.sh(HOST, f"sha256sum {layout.UNIT_FILE}") == before, ran.text
    assert fleet.sh(HOST, "systemctl show ollama -p NeedDaemonReload --value") == "no"


def test_a_word_that_is_neither_on_nor_off(fleet: Fleet, converged: Path) -> None:
    command = [str(BIN / "pyinfra"), str(converged), "deploy.py", "-y"]
    ran = run(command, 60, PYINFRA_OLLAMA_GATHER="no")
    assert ran.code == 1, ran.text
    assert "PYINFRA_OLLAMA_GATHER is 'no' in the environment" in " ".join(ran.text.split())
    assert "Traceback" not in ran.text
