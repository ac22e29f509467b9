"""The whole way on Debian 13, behind a gateway and a firewall, and back again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet import eyes, gatewaying, leaving
from tests.fleet.eyes import differing
from tests.fleet.filtering import reaches
from tests.fleet.gatewaying import KEYS, Door
from tests.fleet.harness import VERSION, Fleet

HOST = "host1"


@pytest.fixture(scope="module")
def before(trixie: Fleet) -> dict[str, list[str]]:
    """All that the host is when it is bare."""
    return leaving.bare(trixie, HOST)


@pytest.fixture(scope="module")
def converged(
    trixie: Fleet, before: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """From bare, as foretold."""
    assert trixie.sh(HOST, ". /etc/os-release; echo $VERSION_ID") == "13"
    limits = {"memory_max": "8G", "tasks_max": 512, "cpu_quota_percent": 200}
    models = {"models": trixie.models()}
    # A key that is kept to a model has nginx's JavaScript module read bodies.
    keys = [gatewaying.key("chat"), gatewaying.key("next", models=[trixie.chat()["name"]])]
    password = tmp_path_factory.mktemp("secrets") / "password"
    password.touch(mode=0o600)
    password.write_text("0123456789abcdef\n")
    inventory = trixie.inventory(
        HOST,
        user="asker",
        ollama=models,
        service=limits,
        gateway=gatewaying.declared(keys=keys),
        firewall={},
        monitoring={},
        metrics={},
        backup={"repository": {"path": leaving.KEPT}, "password": Secret.file(str(password))},
    )
    planned = trixie.plan(inventory).planned
    assert trixie.apply(inventory).changed() == planned
    trixie.sh(HOST, "ollama-backup run && systemctl start ollama-monitor", timeout=300)
    return inventory


def test_it_serves_in_its_sandbox(trixie: Fleet, converged: Path) -> None:
    """The declared version answers a question, behind no weaker walls than on Debian 12."""
    assert trixie.version(HOST) == VERSION
    assert "Paris" in trixie.ask(HOST, trixie.chat()["name"])
    exposure = trixie.sh(HOST, "systemd-analyze security ollama --no-pager | tail -n 1")
    assert float(exposure.split(":", 1)[1].split()[0]) <= 1.2
    assert trixie.sh(HOST, "systemctl show ollama -p MemoryMax --value") == str(8 * 1024**3)


def test_the_gateway_is_the_one_door(trixie: Fleet, converged: Path) -> None:
    door = Door(trixie)
    assert door.ask("GET", "/api/version").status == 401
    assert door.ask("GET", "/api/version", key="chat").status == 200
    assert door.ask("POST", "/api/pull", key="chat", body=b"{}").status == 403
    other = json.dumps({"model": trixie.embedding()["name"], "input": "x"}).encode()
    refused = door.ask("POST", "/api/embed", key="next", body=other)
    assert (refused.status, refused.error[:20]) == (403, "this key may not use")
    ask = "curl -sk -o /dev/null -w '%{http_version} %{http_code}' https://127.0.0.1/api/version"
    assert trixie.sh(HOST, f"{ask} -H 'x-api-key: {KEYS['chat']}'") == "2 200"
    assert [reaches(door.address, port) for port in (22, 443, 9180, 11434)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_second_run_changes_nothing(trixie: Fleet, converged: Path) -> None:
    """Not a file, not a process."""
    before = eyes.look(trixie, HOST)
    assert trixie.plan(converged).planned == {}
    assert trixie.apply(converged).changed() == {}
    after = eyes.look(trixie, HOST)
    # Models come and go by themselves, each with a listener; the monitor notes when it ran.
    itself = ("listener ", "at /var/lib/prometheus/node-exporter/pyinfra-ollama-monitor.prom")
    assert {key for key in differing(before, after) if not key.startswith(itself)} == set()


def test_the_verifier_agrees(trixie: Fleet, converged: Path) -> None:
    """Every check, with each model loaded and asked."""
    ran = trixie.verify(converged)
    assert ran.code == 0, ran.text


def test_an_uninstall_leaves_what_was_there_before(
    trixie: Fleet, converged: Path, before: dict[str, list[str]]
) -> None:
    ran = leaving.uninstall(converged, "--purge-models", "--yes")
    assert ran.code == 0, ran.text
    leaving.assert_same(before, leaving.look(trixie, HOST))
    assert trixie.sh(HOST, f"ls {leaving.KEPT}/config"), "the backups stay"
    again = leaving.uninstall(converged, "--purge-models", "--plan")
    assert again.code == 0, again.text
