"""The check `firewall`.

firewall.txt is what firewall.sh printed on a Debian 12 host with ufw 0.36.2 (2026-11), shortened.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra_ollama.settings import Allow, Firewall, load
from pyinfra_ollama.verifier.checks.firewall import firewall
from pyinfra_ollama.verifier.firewall import Seen, read
from pyinfra_ollama.verifier.results import Result

LINES = (Path(__file__).parent / "firewall.txt").read_text().splitlines()
DECLARED = Firewall(allow=[Allow("8000:8100", networks=["10.0.0.0/8"])])


SSHD = 'tcp   LISTEN 0      128        0.0.0.0:22         0.0.0.0:*    users:(("sshd",pid=7,fd=3))'


def judged(seen: Seen, declared: Firewall = DECLARED, **more: object) -> Result:
    data = {"ollama": {}, "firewall": declared, **more}
    return firewall(load([("web1", data)])["web1"], declared, seen)


def after(line: str, *new: str) -> Seen:
    """The answer with lines put behind one of its lines."""
    at = LINES.index(line) + 1
    return read([*LINES[:at], *new, *LINES[at:]])


def without(*gone: str) -> Seen:
    assert set(gone) <= set(LINES)
    return read([line for line in LINES if line not in gone])


def instead(old: str, new: str) -> Seen:
    assert old in LINES
    return read([new if line == old else line for line in LINES])


def test_a_good_host() -> None:
    result = judged(read(LINES))
    assert (result.status, result.found) == ("pass", "3 ways in, as declared")
    assert result.expected == (
        "what comes in is denied but for 22/tcp from everywhere (IPv4), "
        "8000:8100/tcp from 10.0.0.0/8, 22/tcp from everywhere (IPv6)"
    )


def test_ssh_is_expected_where_it_listens_and_from_where_it_is_declared() -> None:
    result = judged(after(SSHD, SSHD.replace("0.0.0.0:22 ", "[::]:2222 ")))
    assert result.found == (
        "2222/tcp from everywhere (IPv4) is closed; 2222/tcp from everywhere (IPv6) is closed"
    )
    forwarded = after(SSHD, SSHD.replace("0.0.0.0:22 ", "127.0.0.1:6010 "))
    assert judged(forwarded).status == "pass"
    narrow = Firewall(ssh_networks=["192.0.2.0/24"], ssh_port=2200, allow=DECLARED.allow)
    assert judged(read(LINES), narrow).found.startswith("22/tcp from 192.0.2.0/24 is closed; 2200")


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (instead("-P INPUT DROP", "-P INPUT ACCEPT"), "what comes in by IPv4 is not denied"),
        (without("-A INPUT -j ufw-before-input"), "ufw's rules for IPv4 are not in use"),
        (
            without("-A ufw6-before-input -j ufw6-user-input"),
            "ufw's rules for IPv6 are not in use",
        ),
        (
            without("-A ufw6-user-input -p tcp -m tcp --dport 22 -j ACCEPT"),
            "22/tcp from everywhere (IPv6) is closed",
        ),
        (
            after("-P INPUT DROP", "-A INPUT -p tcp -m tcp --dport 11434 -j ACCEPT"),
            "let in before ufw is asked: -A INPUT -p tcp -m tcp --dport 11434 -j ACCEPT",
        ),
        (
            after(
                "-A ufw-before-input -j ufw-user-input",
                "-A ufw-user-input -p tcp -m tcp --dport 11434 -j ACCEPT",
            ),
            "11434/tcp from everywhere (IPv4) is open, and not declared",
        ),
        (
            after(
                "-A ufw-before-input -j ufw-user-input",
                "-A ufw-user-input -s 10.0.0.9/32 -p tcp -m multiport --dports 11000:12000 "
                "-j ACCEPT",
            ),
            "11000:12000/tcp from 10.0.0.9/32 is open, and not declared",
        ),
        (instead("ENABLED=yes", "ENABLED=no"), "ufw does not start at boot"),
        (instead("unit=enabled", "unit=disabled"), "ufw does not start at boot"),
    ],
)
def test_damages(seen: Seen, found: str) -> None:
    result = judged(seen)
    assert result.status == "fail"
    assert found in result.found
    assert result.next


def test_all_that_is_wrong_is_said_at_once() -> None:
    bare = ["@@begin boot", "unit=", "@@end boot 0", "@@begin filter4", "-P INPUT ACCEPT"]
    bare += ["@@end filter4 0", "@@begin filter6", "none", "@@end filter6 0"]
    bare += ["@@begin sockets", "@@end sockets 0", "@@done"]
    assert judged(read(bare)).found == (
        "what comes in by IPv4 is not denied; ufw's rules for IPv4 are not in use; "
        "ufw does not start at boot"
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "-A ufw-user-input -p udp -m udp --dport 11434 -j ACCEPT",
            "11434/udp from everywhere (IPv4)",
        ),
        ("-A ufw-user-input -i host0 -j ACCEPT", "-A ufw-user-input -i host0 -j ACCEPT"),
        (
            "-A INPUT -j virt\n-A virt -i virbr0 -p udp -m udp --dport 53 -j ACCEPT",
            "-A INPUT -j virt",
        ),
    ],
)
def test_what_a_person_lets_in_besides_is_a_warning(line: str, found: str) -> None:
    result = judged(after("-A ufw-before-input -j ufw-user-input", *line.split("\n")))
    assert result.status == "warn"
    assert result.found == f"3 ways in, as declared; open besides and not declared: {found}"


def test_a_persons_limit_counts_as_let_in_and_a_denial_is_no_matter() -> None:
    seen = instead(
        "-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT",
        "-A ufw-user-input -p tcp -m tcp --dport 22 -j ufw-user-limit-accept",
    )
    assert judged(seen).status == "pass"


def test_a_chain_that_only_denies_is_no_matter() -> None:
    lines = ("-A INPUT -j f2b-sshd", "-A f2b-sshd -j REJECT", "-A f2b-sshd -j RETURN")
    assert judged(after("-A ufw-before-input -j ufw-user-input", *lines)).status == "pass"


def test_docker() -> None:
    chain = (
        "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80"
    )
    local = chain.replace("-A DOCKER", "-A DOCKER -d 127.0.0.1/32").replace("8080", "9090")
    result = judged(after("@@begin published", chain, local))
    assert result.status == "warn"
    assert result.found.endswith(": 8080/tcp (published by Docker, past ufw)")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@@end filter4 0", "@@end filter4 4", "filter4: the command ended with status 4"),
        ("@@begin filter6", "@@begin other", "filter6: no answer"),
        ("@@end boot 0", "", "boot: no answer"),
        ("@@begin sockets", "@@begin other", "sockets: no answer"),
    ],
)
def test_could_not_tell(old: str, new: str, said: str) -> None:
    result = judged(instead(old, new))
    assert result.status == "unknown"
    assert said in result.found
