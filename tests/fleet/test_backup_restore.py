"""What was kept comes back: on a host that lost all, after trouble, and never in halves."""

from __future__ import annotations

import pytest

from tests.fleet import gatewaying, keeping, vault
from tests.fleet.harness import ROOT, Fleet, wait_until
from tests.fleet.keeping import FAR, HOST, LOCK, NOTHING, PRIVATE, STATE, VAULT, Kept

pytestmark = pytest.mark.slow

SMALL = "/mnt/small"
KEY = "/usr/share/ollama/.ollama/id_ed25519.pub"


@pytest.fixture(scope="module")
def kept(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A declared model with options, one that somebody made on the host, and a gateway."""
    fleet.reset(HOST, VAULT)
    made = vault.made(fleet, VAULT, tmp_path_factory.mktemp("vault"))
    chat = fleet.chat()
    own = {**chat, "name": "mine", "base": chat["name"], "options": {"num_ctx": 512}}
    gateway = gatewaying.declared()
    inventory = keeping.inventory(fleet, made.sftp, models=[own], gateway=gateway)
    fleet.apply(inventory)
    fleet.sh(HOST, "cat >/root/Modelfile", stdin=keeping.MODELFILE.format(base=chat["name"]))
    fleet.sh(HOST, "ollama create byhand -f /root/Modelfile")
    kept = Kept(fleet, made, inventory)
    ran = kept.command("backup")
    assert ran.code == 0, ran.text
    assert " kept, " in ran.out
    return kept


@pytest.mark.parametrize(
    ("models", "found"),
    [("list", set()), ("custom", {"smollm2", "mine"}), ("all", {"smollm2", "mine", "byhand"})],
)
def test_models_are_kept_by_choice(kept: Kept, models: str, found: set[str]) -> None:
    # As if somebody's model were one that a declared pull brings back.
    pulled = "manifests/registry.ollama.ai/library/byhand/latest"
    assert kept.tool("run", models=models, pulled=pulled)[0] == 0
    assert kept.tool("restore", "--target", "/root/apart")[0] == 0
    names = kept.fleet.sh(HOST, "cd /root/apart; find . -path '*/manifests/*/library/*' -type d")
    assert {name.rpartition("/")[2] for name in names.splitlines()} == found
    about = kept.fleet.sh(HOST, f"cd /root/apart{STATE}/kept; cat modelfiles/*; cat digests")
    assert "SYSTEM You are a pirate." in about
    for digest in keeping.digests(kept.fleet).values():
        assert digest in about
    kept.fleet.sh(HOST, "rm -rf /root/apart")


def test_models_that_come_and_go_meanwhile(kept: Kept) -> None:
    one = "ollama create now$i -f /root/Modelfile; ollama rm now$i"
    turns = f"for i in 1 2 3 4 5 6 7 8; do {one}; done"
    kept.fleet.sh(HOST, f"systemd-run -q --unit=churn -E HOME=/root sh -c '{turns}'")
    code, said = kept.tool("run")
    assert code == 0 or "models changed during each of three tries" in said
    kept.fleet.sh(HOST, "while systemctl -q is-active churn; do sleep 0.2; done")
    # The newest one is whole, whichever it is: it is not passed over for the one before it.
    rehearsed = kept.start("rehearse")
    assert (rehearsed["result"], rehearsed["snapshot"]) == ("good", kept.newest())


def test_a_gateways_keys_stay_its_own(kept: Kept) -> None:
    fleet = kept.fleet
    assert kept.start("run")["result"] == "good"
    before = fleet.sh(HOST, keeping.GATEWAYS)
    assert "root:root 600 ./authority.key" in before
    assert kept.tool("restore")[0] == 0
    assert fleet.sh(HOST, keeping.GATEWAYS) == before


def test_a_host_that_lost_all_gets_it_back(kept: Kept) -> None:
    fleet = kept.fleet
    assert kept.start("run")["result"] == "good"
    key, said, had = fleet.sh(HOST, f"cat {KEY}"), keeping.answer(fleet), keeping.digests(fleet)
    assert len(had) == 3
    gateways = fleet.sh(HOST, keeping.GATEWAYS)
    uid = fleet.sh(HOST, "id -u ollama")
    fleet.reset(HOST)
    fleet.sh(HOST, f"useradd --system --uid {uid} squatter")
    ran = kept.command("restore", "--yes")
    assert ran.code == 0, ran.text
    assert " MiB brought back, " in ran.out
    assert "put back, deployed and verified in " in ran.err
    assert (keeping.answer(fleet), keeping.digests(fleet)) == (said, had)
    assert fleet.sh(HOST, f"cat {KEY}") == key
    assert fleet.sh(HOST, keeping.GATEWAYS) == gateways
    assert fleet.sh(HOST, "find / -xdev -user squatter -not -path '/proc/*'") == ""
    assert fleet.apply(kept.inventory).changed() == NOTHING


def test_the_way_without_it_that_the_page_shows(kept: Kept) -> None:
    fleet = kept.fleet
    page = (ROOT / "docs/backup.md").read_text().partition("## Without it")[2]
    away, back = ("\n".join(block) for block in keeping.blocks(page))
    said, had = keeping.answer(fleet), keeping.digests(fleet)
    fleet.sh(HOST, f"mkdir /backup; {away}")
    fleet.sh(HOST, "systemctl stop ollama; find /usr/share/ollama/.ollama -mindepth 1 -delete")
    fleet.sh(HOST, back)
    wait_until("the server answers", lambda: fleet.ssh(HOST, keeping.TAGS).returncode == 0)
    assert (keeping.answer(fleet), keeping.digests(fleet)) == (said, had)


@pytest.mark.parametrize(
    ("where", "damage", "mending", "tasks", "code", "verdict"),
    [
        (VAULT, f"mv {FAR} /srv/lost", f"mv /srv/lost {FAR}", ["run"], 10, "warn"),
        (HOST, "ip route add unreachable ADDRESS", "ip route del ADDRESS", ["run"], 13, "warn"),
        (
            HOST,
            f"echo x >>{PRIVATE}/password",
            f"sed -i '$d' {PRIVATE}/password",
            ["run"],
            12,
            "warn",
        ),
        (VAULT, keeping.ROT, keeping.WHOLE, ["check", "rehearse"], 14, "fail"),
    ],
    ids=["gone", "unreachable", "password", "damaged"],
)
def test_trouble_is_told_and_seen_by_the_verifier(
    kept: Kept, where: str, damage: str, mending: str, tasks: list[str], code: int, verdict: str
) -> None:
    names = {"run": "backup", "check": "backup-check", "rehearse": "backup-rehearsal"}
    address = kept.vault.address
    with kept.damaged(
        where, damage.replace("ADDRESS", address), mending.replace("ADDRESS", address)
    ):
        for task in tasks:
            assert kept.tool(task, check_percent=100)[0] == code
            assert kept.state(task)["code"] == str(code)
        found = kept.checks()
        assert {found[names[task]] for task in tasks} == {verdict}
        if code == 14:
            models = kept.fleet.sh(HOST, "find /usr/share/ollama/.ollama/models | sort")
            kept.fleet.sh(HOST, f"mkdir -p {SMALL}")
            assert kept.tool("restore", models_folder=SMALL)[0] == 14
            assert kept.fleet.sh(HOST, f"ls -A {SMALL}") == "", "nothing, rather than a half"
            assert kept.fleet.sh(HOST, "find /usr/share/ollama/.ollama/models | sort") == models
    for task in tasks:
        assert kept.tool(task, check_percent=100)[0] == 0
    if code == 14:
        assert set(kept.checks().values()) == {"pass"}


def test_a_live_lock_is_waited_for_and_a_stale_one_taken_away(kept: Kept) -> None:
    with kept.damaged(HOST, LOCK, "kill -9 $(cat /root/holder); rm /root/fifo"):
        code, said = kept.tool("check", lock_seconds=2)
        assert code == 11
        assert "locked by another process" in said
    code, said = kept.tool("check", lock_seconds=2)
    assert code == 0, said


def test_a_snapshot_of_a_newer_ollama_needs_force(kept: Kept) -> None:
    code, said = kept.tool("restore", "--version", "0.32.15")
    assert code == 1
    assert "is of Ollama 0.33.0, newer than 0.32.15 here" in said
    assert kept.tool("restore", "--version", "0.32.15", "--force")[0] == 0
    assert keeping.answer(kept.fleet)


@pytest.mark.parametrize("limit", ["size=32m", "nr_inodes=12"])
def test_a_disk_that_fills_up_gets_nothing(kept: Kept, limit: str) -> None:
    mount = f"mkdir -p {SMALL}; mount -t tmpfs -o {limit} none {SMALL}"
    with kept.damaged(HOST, mount, f"umount {SMALL}"):
        code, said = kept.tool("restore", models_folder=SMALL)
        assert code == 1
        assert ("bytes free, the snapshot takes" in said) == (limit == "size=32m"), said
        assert kept.fleet.sh(HOST, f"ls -A {SMALL}") == ""


@pytest.mark.parametrize(
    ("task", "moments"),
    [
        ("restore", [f"ls -d {SMALL}/.ollama-backup-*", f"ls -d {SMALL}/.ollama-backup-*/usr"]),
        ("run", ["pgrep -f '[-]-files-from-verbatim'", "pgrep -f '[ ]forget --host'"]),
    ],
    ids=["restore", "run"],
)
def test_a_killed_one_is_made_good_by_the_next(kept: Kept, task: str, moments: list[str]) -> None:
    fleet, settings = kept.fleet, {"models_folder": SMALL} if task == "restore" else {}
    fleet.sh(HOST, f"rm -rf {SMALL}; mkdir {SMALL}")
    kept.tool("status", **settings)
    for moment in moments:
        fleet.sh(HOST, keeping.strike(task, moment, apart=bool(settings)))
    if settings:
        assert fleet.sh(HOST, f"ls -A {SMALL}").startswith(".ollama-backup-"), "nothing was struck"
    assert kept.tool(task, **settings)[0] == 0
    if task == "restore":
        sums = (
            f"cd {SMALL}/blobs; for f in *; do echo ${{f#sha256-}} $f; done | sha256sum -c --quiet"
        )
        fleet.sh(HOST, sums)
        assert fleet.sh(HOST, f"ls -A {SMALL}").split() == ["blobs", "manifests"]
    else:
        assert kept.start("rehearse")["result"] == "good"
