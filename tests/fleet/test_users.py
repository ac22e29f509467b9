"""Whoever connects gets the same host; passwords and proxy credentials stay where they belong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fleet import eyes
from tests.fleet.eyes import differing
from tests.fleet.harness import VERSION, Fleet

HOSTS = ("host1", "host2")
SECRET = "s3cr3t-9f1c"
PROXY = f"http://someone:{SECRET}@127.0.0.1:9"


@pytest.fixture(scope="module")
def by_users(fleet: Fleet) -> Path:
    """Bare hosts; host1 for a user whose sudo just works, host2 for one whose sudo asks."""
    fleet.reset(*HOSTS)
    asker = {"ssh_user": "asker", "_sudo_password": fleet.lab.sudo_password}
    return fleet.inventory(*HOSTS, user="deployer", each={"host2": asker})


@contextmanager
def no_argument_holds(text: str) -> Iterator[None]:
    """Watch the arguments of all processes here; those of the lab's hosts are among them."""
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    arguments = path.read_bytes()
                except OSError:
                    continue
                if text.encode() in arguments:
                    seen.add(arguments.replace(b"\0", b" ").decode(errors="replace"))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()
    assert seen == set()


def test_from_bare_with_sudo(fleet: Fleet, by_users: Path) -> None:
    """Both kinds of sudo: foretold, done, done for good, and nothing is left behind."""
    planned = fleet.plan(by_users).planned
    ran = fleet.apply(by_users)
    assert ran.changed() == planned
    assert fleet.apply(by_users).changed() == {}
    assert fleet.lab.sudo_password not in ran.text
    for host in HOSTS:
        assert fleet.version(host) == VERSION
        assert fleet.sh(host, "stat -c %U:%a /opt/ollama /var/lib/pyinfra-ollama").split() == [
            "root:755",
            "root:700",
        ]
        assert fleet.sh(host, "find /tmp /home -newer /etc/hostname -name '*askpass*'") == ""


@pytest.mark.parametrize("mode", ["--dry", "-y"])
def test_sudo_asks_and_nobody_answers(fleet: Fleet, by_users: Path, mode: str) -> None:
    """That host is left alone with a clear message, the other one gets its change."""
    nobody = {"ssh_user": "asker", "_sudo_password": None}
    declared = {"keep_alive": f"{len(mode)}m"}
    inventory = fleet.inventory(*HOSTS, user="deployer", each={"host2": nobody}, ollama=declared)
    before = eyes.look(fleet, "host2")
    ran = fleet.pyinfra(inventory, mode, timeout=60)
    assert ran.code == (0 if mode == "--dry" else 1), ran.text
    assert "Traceback" not in ran.text
    assert "sudo asks for a password; set _sudo_password in the host's data" in ran.text
    assert differing(before, eyes.look(fleet, "host2")) == set()
    changed = fleet.environ("host1").get("OLLAMA_KEEP_ALIVE")
    assert changed == (None if mode == "--dry" else declared["keep_alive"])


def test_a_wrong_password_and_no_sudo_at_all(fleet: Fleet, by_users: Path) -> None:
    """Both fail before any change, without a traceback."""
    each = {
        "host1": {"_sudo": False},
        "host2": {"ssh_user": "asker", "_sudo_password": "not the password"},
    }
    before = eyes.look_at_all(fleet, HOSTS)
    inventory = fleet.inventory(*HOSTS, user="deployer", each=each)
    ran = fleet.pyinfra(inventory, "-y", timeout=60)
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    assert "root: uid 1000; connect as root or set _sudo" in " ".join(ran.text.split())
    assert "incorrect password" in ran.text
    for host, after in eyes.look_at_all(fleet, HOSTS).items():
        assert differing(before[host], after) == set()


def test_credentials_of_the_proxy_stay_hidden(fleet: Fleet, by_users: Path) -> None:
    """In every output of a dry and a real run, in arguments, and to other users of the host."""
    inventory = fleet.inventory("host1", ollama={"https_proxy": PROXY, "no_proxy": ["10.0.0.0/8"]})
    ways = (
        ("--dry", "--diff", "-vvv"),
        ("--dry", "--json"),
        ("--dry", "--debug", "--debug-facts", "--debug-operations"),
        ("-y", "--diff", "-vvv", "--json"),
        ("-y", "-vvv", "--debug"),
    )
    with no_argument_holds(SECRET):
        for way in ways:
            ran = fleet.pyinfra(inventory, *way)
            assert ran.code == 0, ran.text
            assert SECRET not in ran.text, f"shown by {way}"
        verified = fleet.verify(inventory, "-vv", "--format", "json")
        assert verified.code == 0, verified.text
        assert SECRET not in verified.text

    assert fleet.environ("host1")["HTTPS_PROXY"] == PROXY
    for command in (
        "systemctl show ollama",
        "systemctl cat ollama",
        "systemctl status ollama",
        "journalctl -u ollama --no-pager",
        "cat /proc/$(systemctl show ollama -p MainPID --value)/environ",
        "cat /etc/pyinfra-ollama/*",
        f"grep -rs {SECRET} /etc /opt /var/lib /usr/share/ollama /run /tmp",
    ):
        seen = fleet.ssh("host1", command, user="deployer")
        assert SECRET not in seen.stdout + seen.stderr, command
    found = fleet.sh("host1", f"grep -rlsI {SECRET} /etc /opt /var/lib /usr /tmp /run || true")
    assert found == "/etc/pyinfra-ollama/ollama.env"
    assert fleet.sh("host1", f"stat -c %U:%a {found}") == "root:600"

    gone = fleet.inventory("host1")
    fleet.apply(gone)
    assert "HTTPS_PROXY" not in fleet.environ("host1")
    assert fleet.ssh("host1", f"test -e {found}").returncode != 0
