"""Invalid settings: all that is wrong with any host at once, and nothing is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import BIN, Fleet, run

HOSTS = ("host1", "host2")
WRONG = {
    "host1": {"ollama": {"host": "0.0.0.0", "environment": {"OLLAMA_NUM_CTX": "8192"}}},
    "host2": {"ollama": {"kv_cache_type": "q8_0"}, "service": {"memory_max": "lots"}},
}
TOLD = (
    ("host1", "ollama.host", "0.0.0.0", "allow_non_loopback=True"),
    ("host1", "ollama.environment", "OLLAMA_NUM_CTX", "context_length=8192"),
    ("host2", "ollama.kv_cache_type", "q8_0", "flash_attention=True"),
    ("host2", "service.memory_max", "lots", "8G"),
)


@pytest.fixture
def wrong(fleet: Fleet) -> Path:
    """Two hosts with two mistakes each, and a third without any."""
    return fleet.inventory("host1", "host2", "host3", each=WRONG)


def check(text: str) -> None:
    """Every mistake is named with host, field, value and what to do; no traceback."""
    assert "Traceback" not in text
    words = " ".join(text.split())
    for parts in TOLD:
        for part in parts:
            assert part in words, f"{part!r} of {parts} is not in:\n{text}"


@pytest.mark.parametrize("mode", ["--dry", "-y"])
def test_a_deployment_is_refused_as_a_whole(fleet: Fleet, wrong: Path, mode: str) -> None:
    """The valid host is not changed either: a person mends the settings first."""
    hosts = ("host1", "host3")
    before = eyes.look_at_all(fleet, hosts)
    ran = fleet.pyinfra(wrong, mode, timeout=60)
    assert ran.code not in (0, None), ran.text
    check(ran.text)
    for host, after in eyes.look_at_all(fleet, hosts).items():
        assert differing(before[host], after) == set()


@pytest.mark.parametrize("command", ["check", "verify"])
def test_our_own_commands_end_with_78(fleet: Fleet, wrong: Path, command: str) -> None:
    """Without a connection to any host: sshd has seen nobody."""
    count = "journalctl -u ssh --no-pager | grep -c 'Connection from\\|Accepted' || true"
    before = [fleet.sh(host, count) for host in HOSTS]
    ran = run([str(BIN / "pyinfra-ollama"), command, str(wrong)], 60)
    assert ran.code == 78, ran.text
    assert ran.out == ""
    check(ran.err)
    # Our own look is one more login.
    after = [fleet.sh(host, count) for host in HOSTS]
    assert [int(b) - int(a) for a, b in zip(before, after, strict=True)] == [1, 1]
