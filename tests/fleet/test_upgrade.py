"""Another version: one switch, one restart; and back again by itself when it does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fleet import archives
from tests.fleet.archives import publish, renamed, small
from tests.fleet.harness import OLDER, VERSION, Fleet, Ran

pytestmark = pytest.mark.slow

HOST = "host2"
THIRD = "0.33.7"
# Given up after two tries, a second apart.
SERVICE = {"restart_seconds": 1, "start_limit_burst": 2, "start_timeout_seconds": 4}


@pytest.fixture(scope="module")
def older(fleet: Fleet) -> Fleet:
    """The older release runs with a model."""
    fleet.reset(HOST)
    fleet.apply(inventory(fleet, OLDER))
    return fleet


def inventory(fleet: Fleet, version: str, *, keep: int = 9, **more: Any) -> Path:
    """One host with the embedding model, which nobody loads here."""
    ollama = {"version": version, "models": [fleet.embedding()], **more}
    verify = {"generate": False}
    return fleet.inventory(
        HOST, ollama=ollama, service=SERVICE, verify=verify, release={"keep": keep}
    )


def links(fleet: Fleet) -> tuple[str, str]:
    """Versions that `current` and `previous` point to."""
    text = fleet.sh(HOST, "cd /opt/ollama && readlink current previous | sed 's|releases/||'")
    current, previous = text.splitlines()
    return current, previous


def starts(fleet: Fleet) -> int:
    """How often systemd has started the service."""
    return int(fleet.sh(HOST, "journalctl -u ollama -o cat | grep -c '^Started ollama'"))


def runs(fleet: Fleet, version: str) -> None:
    """This version answers, out of its own folder, and the model is there."""
    assert fleet.version(HOST) == version
    program = fleet.sh(HOST, f"readlink /proc/{fleet.pid(HOST)}/exe")
    assert program == f"/opt/ollama/releases/{version}/bin/ollama"
    assert fleet.sh(HOST, "ollama --version") == f"ollama version is {version}"
    assert fleet.listed(HOST) == {fleet.embedding()["name"]}


def test_up_and_down_with_one_restart_each(older: Fleet) -> None:
    for version, before in ((VERSION, OLDER), (OLDER, VERSION)):
        started = starts(older)
        ran = older.apply(inventory(older, version))
        assert starts(older) == started + 1
        assert links(older) == (version, before)
        runs(older, version)
    # The unit is the same for both, and both releases were kept.
    changed = ["Have the declared release running", "Have the deployment verified"]
    assert ran.changed() == {HOST: changed}
    assert older.plan(inventory(older, VERSION)).planned == {HOST: changed}
    assert older.plan(inventory(older, OLDER)).planned == {}


def test_the_oldest_of_three_is_cleared_away(older: Fleet) -> None:
    publish(older.lab, THIRD, renamed(older.lab, VERSION, THIRD))
    older.apply(inventory(older, THIRD, keep=2))
    runs(older, THIRD)
    assert set(older.sh(HOST, "ls /opt/ollama/releases").splitlines()) == {OLDER, THIRD}


@pytest.mark.parametrize(
    ("broken", "serve", "seen", "runs_before"),
    [
        pytest.param("0.33.1", archives.HANGS, "does not answer", 1, id="hangs"),
        pytest.param("0.33.2", archives.MUTE, "does not answer", 1, id="mute"),
        # Each run after going back tries again.
        pytest.param("0.33.3", archives.FAILS, "no such thing as a GPU", 2, id="fails"),
    ],
)
def test_a_release_that_does_not_answer_is_left_again(
    older: Fleet, broken: str, serve: str, seen: str, runs_before: int
) -> None:
    before = links(older)
    publish(older.lab, broken, small(broken, serve))
    for _ in range(runs_before):
        ran = older.apply(inventory(older, broken), check=False)
        went_back(older, ran, broken, before[0])
        assert seen in ran.err
        assert links(older) == before


def went_back(fleet: Fleet, ran: Ran, broken: str, good: str) -> None:
    """The run failed, said why, and the good release serves again."""
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    assert f"ollama {broken} does not answer at http://127.0.0.1:11434 within 4 s" in ran.err
    back = f"went back to ollama {good}, which answers; the declared {broken} is not running"
    assert back in ran.err
    runs(fleet, good)
    assert fleet.sh(HOST, "systemctl is-active ollama") == "active"


def test_a_mended_declaration_converges(older: Fleet) -> None:
    mended = inventory(older, OLDER)
    older.apply(mended)
    runs(older, OLDER)
    assert older.plan(mended).planned == {}


def test_a_run_killed_between_switch_and_restart_is_healed(older: Fleet) -> None:
    """Its first half, done by hand: the links point to what does not run yet."""
    other = links(older)[1]
    switch = "cd /opt/ollama && ln -sfn releases/{} previous && ln -sfn releases/{} current"
    older.sh(HOST, switch.format(OLDER, other))
    started = starts(older)
    older.apply(inventory(older, other))
    assert starts(older) == started + 1
    runs(older, other)

    older.sh(HOST, switch.format("nowhere", "0.33.3"))
    ran = older.apply(inventory(older, "0.33.3"), check=False)
    went_back(older, ran, "0.33.3", other)


def test_a_release_that_answered_before_is_not_blamed_for_its_environment(older: Fleet) -> None:
    """An address that the host does not have: no older release could listen there either."""
    other = OLDER if links(older)[0] == THIRD else THIRD
    older.sh(HOST, f"test -x /opt/ollama/releases/{other}/bin/ollama")
    older.sh(HOST, f"ln -sfn releases/{other} /opt/ollama/previous; systemctl stop ollama")
    before = links(older)
    elsewhere = inventory(older, before[0], host="192.0.2.1", allow_non_loopback=True)
    ran = older.apply(elsewhere, check=False)
    assert ran.code == 1
    assert "cannot assign requested address" in ran.err
    assert "no other release to go back to" in ran.err
    assert links(older) == before
    older.apply(inventory(older, before[0]))
    runs(older, before[0])


def test_an_old_version_with_known_holes_needs_permission(older: Fleet) -> None:
    holes = "0.16.3"
    publish(older.lab, holes, small(holes))
    ran = older.pyinfra(inventory(older, holes), "--dry")
    assert ran.code == 1
    assert "allow_vulnerable" in ran.err
    assert "0.17.1" in ran.err
    planned = older.plan(inventory(older, holes, allow_vulnerable=True)).planned
    assert "Have the release installed" in planned[HOST]
