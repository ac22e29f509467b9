"""A firewall by other users, on other SSH ports, refused, beside Docker; and the verifier's eye."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.filtering import HOST, kernel, off, on_disk, reaches, rules
from tests.fleet.harness import Fleet, Ran

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unfiltered")]

STEP = "Have the firewall"
MARK = "pyinfra-ollama: "
OPEN = {"allow": [{"port": 443}]}
PORTS = "/etc/ssh/sshd_config.d/ports.conf"


def words(ran: Ran) -> str:
    """What was said, without the line breaks of tables."""
    return " ".join(ran.text.split())


@pytest.mark.usefixtures("open_host")
def test_with_sudo(fleet: Fleet) -> None:
    """sudo hides which port SSH comes in by, and the new connection needs its password as well."""
    inventory = fleet.inventory(HOST, user="asker", firewall=OPEN)
    ran = fleet.apply(inventory)
    assert STEP in ran.changed()[HOST]
    assert fleet.lab.sudo_password not in ran.text
    assert fleet.sh(HOST, "ufw status | head -1") == "Status: active"
    assert f"ufw allow 22/tcp comment '{MARK}ssh'" in rules(fleet, HOST)
    assert fleet.apply(inventory).changed() == {}


@pytest.mark.usefixtures("open_host")
def test_ssh_on_other_ports(fleet: Fleet, tmp_path: Path) -> None:
    """The port of this connection, the others sshd has, and the declared one; then fewer."""
    fleet.sh(HOST, f"printf 'Port 22\\nPort 2222\\n' >{PORTS} && systemctl restart ssh")
    try:
        by_2222 = {"ssh_port": 2222, "ssh_known_hosts_file": str(tmp_path / "known_hosts")}
        by_2222["ssh_strict_host_key_checking"] = "accept-new"
        firewall = {"ssh_port": 2223, "ssh_networks": [f"{fleet.lab.gateway}/32"]}
        fleet.apply(fleet.inventory(HOST, each={HOST: by_2222}, firewall=firewall))
        here = fleet.lab.gateway
        assert rules(fleet, HOST) == [
            f"ufw allow from {here} to any port {port} proto tcp comment '{MARK}ssh'"
            for port in (22, 2222, 2223)
        ]
    finally:
        fleet.sh(HOST, f"rm {PORTS}; systemctl restart ssh")
    fleet.apply(fleet.inventory(HOST, firewall={}))
    assert rules(fleet, HOST) == [f"ufw allow 22/tcp comment '{MARK}ssh'"]


@pytest.mark.usefixtures("open_host")
def test_what_would_lock_out_or_contradicts_is_refused_before_any_change(fleet: Fleet) -> None:
    fleet.sh(HOST, "ufw deny 443/tcp comment 'not here'")
    before = kernel(fleet, HOST), on_disk(fleet, HOST)
    for firewall, said in (
        (
            {"ssh_networks": ["192.0.2.0/24"]},
            f"this run comes from {fleet.lab.gateway}, which firewall.ssh_networks does not hold",
        ),
        (OPEN, "ufw has a rule of a person's own, 'deny 443/tcp from everywhere (IPv4)'"),
    ):
        # sudo hides from where this run comes.
        inventory = fleet.inventory(HOST, user="deployer", firewall=firewall)
        assert fleet.foretell(inventory).code == 1
        ran = fleet.apply(inventory, check=False)
        assert ran.code == 1
        assert said in words(ran)
        assert "Traceback" not in ran.text
        assert (kernel(fleet, HOST), on_disk(fleet, HOST)) == before


@pytest.mark.usefixtures("open_host")
def test_what_docker_publishes_is_warned_about(fleet: Fleet) -> None:
    """Docker itself needs rights that a lab host has not: its bridge and chain are laid by hand."""
    made = (
        "ip link add docker0 type bridge && iptables -t nat -N DOCKER && iptables -t nat -A DOCKER "
        "! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80"
    )
    fleet.sh(HOST, made)
    inventory = fleet.inventory(HOST, firewall=OPEN)
    try:
        said = "ports that Docker publishes are open past ufw; it lets in 8080/tcp"
        assert said in words(fleet.apply(inventory))
        assert fleet.apply(inventory).changed() == {}
        assert "8080/tcp (published by Docker, past ufw)" in fleet.verify(inventory).text
        assert "--dport 8080" in fleet.sh(HOST, "iptables -t nat -S DOCKER")
    finally:
        fleet.sh(HOST, "ip link del docker0; iptables -t nat -F DOCKER; iptables -t nat -X DOCKER")


@pytest.fixture(scope="module")
def good(fleet: Fleet) -> Path:
    """An inventory of one host that is what it declares."""
    inventory = fleet.inventory(HOST, firewall=OPEN)
    off(fleet, HOST)
    fleet.apply(inventory)
    return inventory


def judged(ran: Ran) -> dict[str, tuple[str, str]]:
    """Status and finding of what is neither good nor skipped."""
    checks = [check for host in ran.document["hosts"] for check in host["checks"]]
    found = {check["check"]: (check["status"], check["found"]) for check in checks}
    return {name: said for name, said in found.items() if said[0] not in ("pass", "skipped")}


@pytest.mark.parametrize(
    ("do", "status", "seen", "undo"),
    [
        ("ufw --force disable", "fail", "is not denied", "ufw --force enable"),
        (
            "ufw default allow incoming",
            "fail",
            "what comes in by IPv4 is not denied",
            "ufw default deny incoming",
        ),
        (
            "ufw delete allow 443/tcp",
            "fail",
            "443/tcp from everywhere (IPv6) is closed",
            "ufw allow 443/tcp",
        ),
        (
            "ufw allow 11434",
            "fail",
            "11434/tcp from everywhere (IPv4) is open, and not declared",
            "ufw delete allow 11434",
        ),
        (
            "iptables -I INPUT -p tcp --dport 11434 -j ACCEPT",
            "fail",
            "let in before ufw is asked: -A INPUT -p tcp -m tcp --dport 11434 -j ACCEPT",
            "iptables -D INPUT -p tcp --dport 11434 -j ACCEPT",
        ),
        (
            "ip6tables -F ufw6-user-input",
            "fail",
            "22/tcp from everywhere (IPv6) is closed",
            "ufw reload",
        ),
        ("systemctl disable ufw", "fail", "ufw does not start at boot", "systemctl enable ufw"),
        (
            "ufw allow from 192.0.2.0/24 to any port 9999 proto udp",
            "warn",
            "open besides and not declared: 9999/udp from 192.0.2.0/24",
            "ufw delete allow from 192.0.2.0/24 to any port 9999 proto udp",
        ),
    ],
)
def test_each_damage_turns_exactly_this_check_red(
    fleet: Fleet, good: Path, do: str, status: str, seen: str, undo: str
) -> None:
    fleet.sh(HOST, do)
    try:
        ran = fleet.verify(good, "--format", "json")
    finally:
        fleet.sh(HOST, undo)
    found = judged(ran)
    assert set(found) == {"firewall"}, found
    assert found["firewall"][0] == status
    assert seen in found["firewall"][1]
    assert ran.code == (1 if status == "fail" else 0)
    assert reaches(fleet.lab.host(HOST).address)


def test_a_mended_host_is_good_again(fleet: Fleet, good: Path) -> None:
    assert judged(fleet.verify(good, "--format", "json")) == {}
