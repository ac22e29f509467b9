"""What was changed by hand is put right by the next run, with a restart only where it must be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import HOSTS, VERSION, Fleet

pytestmark = pytest.mark.slow

SYSTEMD = "/etc/systemd/system"
UNIT_FILE = f"{SYSTEMD}/ollama.service"
DROP_IN = f"{UNIT_FILE}.d/50-pyinfra-ollama.conf"
FOLDERS = "Have the service user and its folders"
UNIT = "Have the unit and its environment"
RUNNING = "Have the declared release running"
MODELS = "Have the declared models"
VERIFIED = "Have the deployment verified"


@dataclass(frozen=True)
class Damage:
    """What a hand did, the operations that put it right, and whether that takes a restart."""

    name: str
    command: str
    operations: tuple[str, ...]
    restarts: bool = False


DAMAGES = (
    Damage("touched unit", f"touch {UNIT_FILE}", (RUNNING, VERIFIED)),
    Damage("edited unit", f"echo '# by hand' >>{UNIT_FILE}", (UNIT,)),
    Damage("edited and loaded", f"echo CPUWeight=50 >>{DROP_IN}; systemctl daemon-reload", (UNIT,)),
    Damage("deleted unit", f"rm {UNIT_FILE}; systemctl daemon-reload", (UNIT,)),
    Damage("deleted drop-in", f"rm {DROP_IN}", (UNIT,)),
    Damage("disabled", "systemctl disable -q ollama", (RUNNING, VERIFIED)),
    Damage("stopped", "systemctl stop ollama", (RUNNING, VERIFIED), restarts=True),
    Damage(
        "other environment",
        f"echo Environment=OLLAMA_MAX_QUEUE=3 >>{DROP_IN}; systemctl daemon-reload; "
        "systemctl restart ollama",
        (UNIT, RUNNING, VERIFIED),
        restarts=True,
    ),
    Damage("opened home", "chmod 755 /usr/share/ollama", (FOLDERS,)),
    Damage("closed drop-in", f"chmod 600 {DROP_IN}", (UNIT,)),
    Damage("no command", "rm /usr/local/bin/ollama", (RUNNING, VERIFIED)),
    Damage(
        "replaced binary",
        f"cd /opt/ollama/releases/{VERSION}/bin && cp -p ollama other && mv other ollama",
        (RUNNING, VERIFIED),
        restarts=True,
    ),
)
ROUNDS = [DAMAGES[start : start + len(HOSTS)] for start in range(0, len(DAMAGES), len(HOSTS))]


@pytest.mark.usefixtures("back")
@pytest.mark.parametrize("damages", ROUNDS, ids=lambda row: ",".join(one.name for one in row))
def test_it_is_put_right(fleet: Fleet, usual: Path, damages: tuple[Damage, ...]) -> None:
    """The next run foretells and does exactly what is needed; the one after does nothing."""
    on = dict(zip(HOSTS, damages, strict=True))
    before = eyes.look_at_all(fleet, HOSTS)
    for host, damage in on.items():
        fleet.sh(host, damage.command)

    operations = {host: list(damage.operations) for host, damage in on.items()}
    assert fleet.plan(usual).planned == operations
    assert fleet.apply(usual).changed() == operations
    after = eyes.look_at_all(fleet, HOSTS)
    for host, damage in on.items():
        lasting = {key for key in differing(before[host], after[host]) if key[:3] != "at "}
        restarted = {"unit MainPID", "unit InvocationID"} if damage.restarts else set()
        assert lasting == restarted, damage.name
    assert fleet.apply(usual).changed() == {}


def test_models_move_to_another_folder(fleet: Fleet) -> None:
    """The new folder is the service's own, the sandbox lets it write there; all models follow."""
    folder = "/srv/models"
    here = {"models": [fleet.embedding()]}
    there = {**here, "models_dir": folder}
    fleet.apply(fleet.inventory("host1", ollama=here))
    before = eyes.look(fleet, "host1")

    moved = fleet.inventory("host1", ollama=there)
    planned = fleet.plan(moved).planned
    assert fleet.apply(moved).changed() == planned
    assert planned["host1"] == [FOLDERS, UNIT, RUNNING, MODELS, VERIFIED]
    after = eyes.look(fleet, "host1")
    assert after["env OLLAMA_MODELS"] == folder
    assert after[f"file {folder}"] == "d 700 ollama:ollama"
    assert fleet.listed("host1") == {fleet.embedding()["name"]}
    blobs = fleet.sh("host1", f"find {folder}/blobs -type f -user ollama | wc -l")
    assert int(blobs) > 0
    outside = {
        key
        for key in differing(before, after)
        if not key.startswith((f"file {folder}", f"at {folder}", "env ", "unit ", "listener "))
    }
    stamp = "at /var/lib/pyinfra-ollama/verified"
    files = {f"{what} {path}" for what in ("at", "content") for path in (UNIT_FILE, DROP_IN)}
    # The new folder is noted for uninstalling.
    assert outside == {stamp, "at /var/lib/pyinfra-ollama/made", *files}
    assert fleet.plan(moved).planned == {}

    # What is still in the old folder needs no registry.
    old = fleet.inventory("host1", ollama=here)
    planned = fleet.plan(old).planned
    assert planned["host1"] == [UNIT, RUNNING, VERIFIED]
    assert fleet.apply(old).changed() == planned
