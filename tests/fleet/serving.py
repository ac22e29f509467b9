"""What the tests of the service and of its sandbox share: one host with models and limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fleet.harness import Fleet

HOST = "host1"
SMALL = "small-context"
SERVICE = {
    "restart_seconds": 1,
    "start_limit_burst": 3,
    "start_limit_seconds": 30,
    "memory_max": "4G",
    "memory_high": "3G",
    "cpu_quota_percent": 150,
    "tasks_max": 300,
    "oom_policy": "continue",
}


def inventory(fleet: Fleet, **ollama: Any) -> Path:
    """The host with a pulled model, and one created from it with options."""
    chat = fleet.chat()
    small = {"name": SMALL, "base": chat["name"], "insecure": True, "options": {"num_ctx": 512}}
    return fleet.inventory(
        HOST,
        ollama={"models": [chat, small], **ollama},
        service=SERVICE,
        verify={"generate": False, "max_restarts": 9},
    )


def have_served(fleet: Fleet) -> Fleet:
    """The service runs with its models, in its sandbox; made anew unless it is there already."""
    if fleet.plan(inventory(fleet)).planned:
        fleet.reset(HOST)
        fleet.apply(inventory(fleet))
    return fleet


def runners(fleet: Fleet) -> list[str]:
    """Pids of the processes that hold models."""
    return fleet.ssh(HOST, "pgrep -x llama-server").stdout.split()
