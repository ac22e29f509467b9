"""The service comes back after a crash, gives up when it cannot, and listens where it should."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from tests.fleet.harness import VERSION, Fleet, wait_until
from tests.fleet.serving import HOST, SERVICE, have_served, inventory, runners

DROP_IN = "/run/systemd/system/ollama.service.d/99-test.conf"


@pytest.fixture(scope="module")
def served(fleet: Fleet) -> Fleet:
    """A running service with models."""
    return have_served(fleet)


def shown(fleet: Fleet, name: str) -> str:
    """One property of the service as systemd has it."""
    return fleet.sh(HOST, f"systemctl show ollama -p {name} --value")


def test_a_killed_server_comes_back_without_its_runners(served: Fleet) -> None:
    assert "Paris" in served.ask(HOST, served.chat()["name"])
    before, children = served.pid(HOST), runners(served)
    assert children
    restarts = int(shown(served, "NRestarts"))
    served.sh(HOST, f"kill -KILL {before}")
    wait_until("another process serves", lambda: served.pid(HOST) not in ("0", before))
    served.sh(
        HOST,
        "curl -fsS --retry 50 --retry-delay 1 --retry-connrefused "
        "http://127.0.0.1:11434/api/version",
    )
    assert int(shown(served, "NRestarts")) == restarts + 1
    assert not set(children) & set(runners(served))


def test_a_stopped_server_leaves_no_process_and_no_port(served: Fleet) -> None:
    assert "Paris" in served.ask(HOST, served.chat()["name"])
    assert runners(served)
    group = shown(served, "ControlGroup")
    served.sh(HOST, "systemctl stop ollama")
    assert not runners(served)
    assert served.sh(HOST, "ss -H -ltn 'sport = :11434'") == ""
    assert served.ssh(HOST, f"grep . /sys/fs/cgroup{group}/cgroup.procs").returncode != 0
    assert served.apply(inventory(served)).changed()[HOST][0] == "Have the declared release running"
    assert served.version(HOST) == VERSION


def test_a_server_that_cannot_start_is_given_up(served: Fleet) -> None:
    text = "[Service]\\nExecStart=\\nExecStart=/bin/false\\n"
    served.sh(HOST, f"mkdir -p {Path(DROP_IN).parent}; printf '{text}' >{DROP_IN}")
    try:
        served.sh(HOST, "systemctl daemon-reload; systemctl restart ollama || true")
        wait_until("systemd gives up", lambda: shown(served, "ActiveState") == "failed")
        assert int(shown(served, "NRestarts")) == SERVICE["start_limit_burst"]
    finally:
        served.sh(HOST, f"rm {DROP_IN}; systemctl daemon-reload")
    # Mended, the next run starts it in spite of the counted starts.
    served.apply(inventory(served))
    assert shown(served, "ActiveState") == "active"


def test_declared_limits_are_systemds(served: Fleet) -> None:
    """What systemd was told. Whether the kernel enforces it depends on the host: here the memory
    controller is not delegated to hosts, so a breach cannot be tried."""
    wanted = {
        "MemoryMax": str(4 << 30),
        "MemoryHigh": str(3 << 30),
        "CPUQuotaPerSecUSec": "1.500000s",
        "TasksMax": "300",
        "OOMPolicy": "continue",
        "Restart": "on-failure",
        "RestartUSec": "1s",
        "StartLimitBurst": "3",
        "StartLimitIntervalUSec": "30s",
    }
    assert {name: shown(served, name) for name in wanted} == wanted


def test_the_ipv6_loopback_works_all_the_way(served: Fleet) -> None:
    path = inventory(served, host="::1")
    served.apply(path)
    assert listeners(served) == {"[::1]:11434"}
    answer = served.sh(HOST, "curl -gfsS 'http://[::1]:11434/api/version'")
    assert json.loads(answer) == {"version": VERSION}
    assert served.verify(path).code == 0
    assert served.plan(path).planned == {}


def test_an_outside_address_is_listened_on_when_asked_for(served: Fleet) -> None:
    address = served.lab.host(HOST).address
    path = inventory(served, host=address, allow_non_loopback=True)
    served.apply(path)
    assert listeners(served) == {f"{address}:11434"}
    with urllib.request.urlopen(f"http://{address}:11434/api/version", timeout=10) as answer:
        assert json.load(answer) == {"version": VERSION}
    assert served.verify(path).code == 0


def listeners(fleet: Fleet) -> set[str]:
    """Where the server itself listens; runners listen on ports of their own."""
    rows = fleet.sh(HOST, "ss -H -ltnp | grep '\"ollama\"'").splitlines()
    return {row.split()[3] for row in rows}
