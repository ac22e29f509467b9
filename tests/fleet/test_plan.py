"""A plan tells the truth, changes nothing, and is what the next run then does.

The last test compares plan and run over random changes: PLAN_STEPS (12) and PLAN_SEED (1) make
it longer or another one.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from lab import api
from pyinfra_ollama.settings import Secret
from tests.fleet import eyes, official
from tests.fleet.edits import DROP_IN, UNIT, Wanted, damage
from tests.fleet.harness import OLDER, Fleet, Ran

pytestmark = pytest.mark.slow

HOSTS = ("host1", "host3")
STEPS = int(os.environ.get("PLAN_STEPS", "12"))
SEED = int(os.environ.get("PLAN_SEED", "1"))
# One in so many changes is made by hand on a host.
BY_HAND = 4
SYSCTL = "/etc/sysctl.d/60-pyinfra-ollama.conf"
SECRETS = "/etc/pyinfra-ollama/ollama.env"


@pytest.fixture(scope="module")
def bare(fleet: Fleet) -> Fleet:
    """The hosts as they come from the installer. The tests of this module go on from there."""
    fleet.reset(*HOSTS)
    return fleet


@pytest.fixture(scope="module")
def wanted(fleet: Fleet) -> list[Wanted]:
    """What the hosts are declared to be, kept through the module."""
    return [Wanted(host, fleet) for host in HOSTS]


@pytest.fixture
def inventory(fleet: Fleet, wanted: list[Wanted]) -> Path:
    return declared(fleet, wanted)


def declared(fleet: Fleet, wanted: list[Wanted], **more: Any) -> Path:
    """An inventory of both hosts; the last task loads no model."""
    each = {host.host: host.settings() for host in wanted}
    for host, settings in more.items():
        for section, values in settings.items():
            each[host].setdefault(section, {}).update(values)
    return fleet.inventory(*HOSTS, verify={"generate": False}, each=each)


def foretold(fleet: Fleet, inventory: Path, *arguments: str) -> Ran:
    """`pyinfra-ollama plan`, and the hosts are seen to be what they were before it."""
    before = eyes.look_at_all(fleet, HOSTS)
    ran = fleet.foretell(inventory, *arguments)
    after = eyes.look_at_all(fleet, HOSTS)
    for host in HOSTS:
        assert not eyes.differing(before[host], after[host])
    return ran


def test_markdown_of_bare_hosts_holds_every_file(bare: Fleet, inventory: Path) -> None:
    ran = foretold(bare, inventory, "--format", "markdown")
    assert ran.code == 2, ran.text
    for host, files in (("host1", (UNIT, DROP_IN)), ("host3", (UNIT, DROP_IN, SYSCTL))):
        section = ran.out.split(f"### `{host}`")[1].split("### ")[0]
        for file in files:
            assert section.count(f"<summary>create <code>{file}</code></summary>") == 1
    assert "refresh** `the package lists`" in ran.out
    assert "MiB)" in ran.out
    bare.apply(inventory)
    for host, file in (("host1", UNIT), ("host1", DROP_IN), ("host3", SYSCTL)):
        section = ran.out.split(f"### `{host}`")[1].split(f"<code>{file}</code></summary>")[1]
        shown = section.split("```diff\n")[1].split("\n```")[0].splitlines()[1:]
        assert [line[1:] for line in shown] == bare.sh(host, f"cat {file}").splitlines()


def test_hosts_as_declared_have_nothing_to_do(bare: Fleet, inventory: Path) -> None:
    ran = foretold(bare, inventory)
    assert ran.code == 0, ran.text
    assert ran.out.startswith("host1, host3: nothing to do\n2 hosts with nothing to do (asked in ")


def test_one_setting_edited_shows_the_whole_difference(bare: Fleet, wanted: list[Wanted]) -> None:
    ran = foretold(bare, declared(bare, wanted, host1={"ollama": {"keep_alive": "7m"}}))
    assert ran.code == 2, ran.text
    assert ran.out.startswith(
        "host1: 4 changes\n"
        "  Have the unit and its environment\n"
        f"    modify {DROP_IN} (644 root:root)\n"
        "      @@ -1,6 +1,7 @@\n"
        "       # Managed by pyinfra-ollama: change the group data of this host, not this file.\n"
        "       [Service]\n"
        '       Environment="OLLAMA_HOST=127.0.0.1:11434"\n'
        '      +Environment="OLLAMA_KEEP_ALIVE=7m"\n'
        '       Environment="OLLAMA_MODELS=/usr/share/ollama/.ollama/models"\n'
        '       Environment="OLLAMA_NO_CLOUD=1"\n'
    )
    assert "    restart ollama.service\n      because the running process has another" in ran.out
    assert "    verify the host\nhost3: nothing to do\n" in ran.out


def test_a_secret_and_what_a_person_wrote_stay_hidden(
    bare: Fleet, wanted: list[Wanted], tmp_path: Path
) -> None:
    kept = tmp_path / "proxy"
    kept.touch(mode=0o600)
    kept.write_text("http://joe:canary-1@10.0.0.1:3128")
    inventory = declared(bare, wanted, host1={"ollama": {"https_proxy": Secret.file(kept)}})
    line = 'Environment="HTTPS_PROXY=http://ann:canary-2@10.0.0.1"'
    keep = f"cp -p {DROP_IN} /root/kept && printf '%s\\n' '{line}' >>{DROP_IN}"
    bare.sh("host1", keep)
    try:
        for style in ("text", "markdown", "json"):
            ran = bare.foretell(inventory, "-vv", "--format", style)
            assert ran.code == 2, ran.text
            assert SECRETS in ran.out
            assert "canary" not in ran.text
            assert "http://*MASKED*@10.0.0.1" in ran.out
    finally:
        bare.sh("host1", f"cp -p /root/kept {DROP_IN} && rm /root/kept")


def test_a_host_that_would_be_refused(bare: Fleet, wanted: list[Wanted]) -> None:
    more: dict[str, Any] = {
        "host1": {"preflight": {"min_memory": "100T"}, "ollama": {"debug": 1}},
        "host3": {"ollama": {"debug": 1}},
    }
    ran = foretold(bare, declared(bare, wanted, **more), "--format", "json")
    assert ran.code == 1, ran.text
    host1, host3 = ran.document["hosts"]
    assert (host1["status"], host1["changes"]) == ("refused", [])
    assert [found["check"] for found in host1["findings"]] == ["memory"]
    assert host3["status"] == "pending"


@pytest.mark.parametrize("user", ["deployer", "asker"])
def test_with_sudo(bare: Fleet, user: str) -> None:
    ran = bare.foretell(bare.inventory("host1", user=user, verify={"generate": False}))
    assert ran.code == 0, ran.text


def test_a_host_that_is_down_is_unknown_beside_the_others(bare: Fleet, inventory: Path) -> None:
    api.stop(bare.lab.name, "host3")
    try:
        ran = bare.foretell(inventory, "--format", "json", "--timeout", "5")
    finally:
        api.start(bare.lab.name, "host3")
    assert ran.code == 3, ran.text
    assert {h["host"]: h["status"] for h in ran.document["hosts"]} == {
        "host1": "unchanged",
        "host3": "unknown",
    }
    assert "could not tell: host3" in ran.err


def test_every_plan_is_what_the_run_then_does(bare: Fleet, wanted: list[Wanted]) -> None:
    dice = random.Random(SEED)
    compare(bare, declared(bare, wanted), "after host3 was started")
    for step in range(1, STEPS + 1):
        said = [
            damage(bare, host.host, dice) if dice.randrange(BY_HAND) == 0 else host.edit(dice)
            for host in dice.choices(wanted, k=dice.randint(1, 3))
        ]
        compare(bare, declared(bare, wanted), f"seed {SEED}, step {step}: {'; '.join(said)}")
    ran = bare.foretell(declared(bare, wanted))
    assert ran.code == 0, ran.text


def test_an_adoption_is_foretold_too(bare: Fleet) -> None:
    official.install(bare, "host1", OLDER)
    release = {"adopt": True, "keep": 1}
    models = {"models": [bare.embedding()]}
    quick = {"generate": False}
    inventory = bare.inventory("host1", ollama=models, release=release, verify=quick)
    compare(bare, inventory, "the official script was run over it")
    assert bare.foretell(inventory).code == 0


def compare(fleet: Fleet, inventory: Path, said: str) -> None:
    """Plan, run, and hold that the plan named every operation that changed a host, and no other."""
    print(said, flush=True)
    planned = fleet.foretell(inventory, "--format", "json")
    assert planned.code in (0, 2), f"{said}\n{planned.text}"
    foretold = {
        host["host"]: host["operations"] for host in planned.document["hosts"] if host["changes"]
    }
    ran = fleet.apply(inventory, check=False)
    assert ran.code == 0, f"{said}\n{ran.text}"
    assert foretold == ran.changed(), f"{said}\n{ran.err}"
    assert planned.code == (2 if foretold else 0), said
