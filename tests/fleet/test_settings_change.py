"""A setting changed alone changes only what it should; taken back, all is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import View, differing
from tests.fleet.harness import HOSTS, Fleet

pytestmark = pytest.mark.slow

# Each change is declared on one host, so three of them are tried in one run.
UNIT_FILE = "/etc/systemd/system/ollama.service"
DROP_IN = f"{UNIT_FILE}.d/50-pyinfra-ollama.conf"
UNIT = "Have the unit and its environment"
RUNNING = "Have the declared release running"
VERIFIED = "Have the deployment verified"
RESTARTED = frozenset(("unit MainPID", "unit InvocationID"))


def written(path: str) -> set[str]:
    """What is seen of a file with another text."""
    return {f"at {path}", f"content {path}"}


REMEMBERED = {"at /var/lib/pyinfra-ollama/verified"}


@dataclass(frozen=True)
class Change:
    """One declaration, the operations it calls for and everything that is then different."""

    name: str
    declared: Mapping[str, Mapping[str, Any]]
    seen: Mapping[str, str | None]
    operations: tuple[str, ...]
    touched: frozenset[str] = field(default=frozenset())

    @property
    def different(self) -> set[str]:
        return {*self.seen, *self.touched}


def environment(name: str, declared: Mapping[str, Any], **seen: str | None) -> Change:
    """A change of the server's environment: one restart, and nothing else in the environment."""
    return Change(
        name,
        {"ollama": declared},
        {f"env {variable}": value for variable, value in seen.items()},
        (UNIT, RUNNING, VERIFIED),
        RESTARTED.union(written(DROP_IN), REMEMBERED),
    )


def limit(path: str, declared: Mapping[str, Any], **seen: str) -> Change:
    """A limit that systemd takes on without a new process."""
    return Change(
        "+".join(declared),
        {"service": declared},
        {f"unit {name}": value for name, value in seen.items()},
        (UNIT, VERIFIED),
        frozenset(written(path) | REMEMBERED),
    )


ODD = '100% "quoted" $HOME `id` \\ end'
PORT = environment("port", {"port": 11435}, OLLAMA_HOST="127.0.0.1:11435")
CHANGES = (
    environment("keep_alive", {"keep_alive": "10m"}, OLLAMA_KEEP_ALIVE="10m"),
    environment("num_parallel", {"num_parallel": 2}, OLLAMA_NUM_PARALLEL="2"),
    environment("context_length", {"context_length": 2048}, OLLAMA_CONTEXT_LENGTH="2048"),
    environment(
        "kv_cache_type+flash_attention",
        {"kv_cache_type": "q8_0", "flash_attention": True},
        OLLAMA_KV_CACHE_TYPE="q8_0",
        OLLAMA_FLASH_ATTENTION="1",
    ),
    environment("debug", {"debug": 1}, OLLAMA_DEBUG="1"),
    environment("origins", {"origins": ["http://a.test", "http://b.test"]},
                OLLAMA_ORIGINS="http://a.test,http://b.test"),
    environment("environment", {"environment": {"OLLAMA_REMOTES": ODD, "TZ": "Asia/Tokyo"}},
                OLLAMA_REMOTES=ODD, TZ="Asia/Tokyo"),
    environment("max_queue", {"max_queue": 64}, OLLAMA_MAX_QUEUE="64"),
    environment("no_prune", {"no_prune": True}, OLLAMA_NOPRUNE="1"),
    Change(
        "port",
        {"ollama": {"port": 11435}},
        {**PORT.seen, "listener 127.0.0.1:11435": "yes", "listener 127.0.0.1:11434": None},
        PORT.operations,
        PORT.touched,
    ),
    limit(DROP_IN, {"memory_max": "4G"}, MemoryMax=str(4 * 1024**3)),
    limit(DROP_IN, {"memory_high": "3G"}, MemoryHigh=str(3 * 1024**3)),
    limit(DROP_IN, {"cpu_quota_percent": 150}, CPUQuotaPerSecUSec="1.500000s"),
    limit(DROP_IN, {"tasks_max": 512}, TasksMax="512"),
    limit(DROP_IN, {"oom_policy": "continue"}, OOMPolicy="continue"),
    limit(UNIT_FILE, {"start_limit_burst": 7}, StartLimitBurst="7"),
    limit(UNIT_FILE, {"start_limit_seconds": 300}, StartLimitIntervalUSec="5min"),
    limit(UNIT_FILE, {"restart_seconds": 5}, RestartUSec="5s"),
)  # fmt: skip
ROUNDS = [CHANGES[start : start + len(HOSTS)] for start in range(0, len(CHANGES), len(HOSTS))]


@pytest.mark.parametrize("changes", ROUNDS, ids=lambda row: ",".join(one.name for one in row))
def test_a_change_changes_only_what_it_should(
    fleet: Fleet, usual: Path, changes: tuple[Change, ...]
) -> None:
    """Every file, package, unit property, variable and listener: only these are different.

    The test itself goes back; where it failed, the next one begins with what this one left.
    """
    on = dict(zip(HOSTS, changes, strict=True))
    operations = {host: list(change.operations) for host, change in on.items()}
    before = eyes.look_at_all(fleet, HOSTS)

    inventory = fleet.inventory(*HOSTS, each={host: one.declared for host, one in on.items()})
    assert fleet.apply(inventory).changed() == operations
    after = eyes.look_at_all(fleet, HOSTS)
    for host, change in on.items():
        assert differing(before[host], after[host]) == change.different, change.name
        for key, value in change.seen.items():
            assert after[host].get(key) == value, change.name
    assert fleet.plan(inventory).planned == {}

    assert fleet.apply(usual).changed() == operations
    returned = eyes.look_at_all(fleet, HOSTS)
    for host, change in on.items():
        assert lasting(before[host], returned[host]) == set(), change.name


def lasting(before: View, after: View) -> set[str]:
    """What is different apart from times and processes."""
    found = differing(before, after) - RESTARTED
    return {key for key in found if not key.startswith("at ")}


@pytest.mark.usefixtures("back")
def test_tools_are_installed_and_nothing_else(fleet: Fleet) -> None:
    """A further tool is a matter of apt alone; fewer tools and kept releases change nothing."""
    before = eyes.look(fleet, "host1")
    inventory = fleet.inventory("host1", packages={"tools": ["lsof"]}, release={"keep": 5})
    changed = fleet.apply(inventory).changed()
    assert changed == {"host1": ["Have the needed and declared packages"]}
    after = eyes.look(fleet, "host1")
    assert "package lsof" in differing(before, after)
    rest = {
        key for key in differing(before, after) if key.split()[0] in ("unit", "env", "listener")
    }
    assert rest == set()
    assert not [key for key in differing(before, after) if "/opt/" in key or "/etc/systemd" in key]
