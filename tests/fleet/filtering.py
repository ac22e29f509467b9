"""What comes through a host's firewall, tried with real connections from here and from a host."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

from tests.fleet.harness import Fleet

ROOT = Path(__file__).resolve().parents[2]
HOST = "host1"
FOLDER = "/run/pyinfra-ollama-firewall"


def deployed(fleet: Fleet, host: str) -> None:
    """Have everything on a host but a firewall; ufw is there, off and as it is installed."""
    fleet.reset(host)
    fleet.apply(fleet.inventory(host, packages={"tools": ["ufw", "iptables"]}))
    off(fleet, host)


def off(fleet: Fleet, host: str) -> None:
    """Have ufw as it is installed, and off."""
    fleet.sh(host, "ufw --force reset >/dev/null; ufw logging low >/dev/null")


def reaches(address: str, port: int = 22, seconds: float = 1.0) -> bool:
    """Whether this machine gets a connection."""
    try:
        socket.create_connection((address, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def reaches_from(fleet: Fleet, host: str, address: str, port: int) -> bool:
    """Whether another host gets a connection."""
    command = f"timeout 2 bash -c 'exec 3<>/dev/tcp/{address}/{port}'"
    return fleet.ssh(host, command).returncode == 0


def serve(fleet: Fleet, host: str, *ports: int) -> None:
    """Have something listen on these ports, on all addresses of both families."""
    listen = " ".join(f"-l {port}" for port in ports)
    command = f"systemd-socket-activate --accept {listen} /bin/cat"
    fleet.ssh(host, "systemctl stop listens")
    fleet.sh(host, f"systemd-run -q --collect --unit=listens {command}")


def rules(fleet: Fleet, host: str) -> list[str]:
    """Every rule that a person sees, ours and others, as ufw tells it."""
    said = fleet.sh(host, "ufw show added").splitlines()[1:]
    return sorted(line for line in said if line.startswith("ufw "))


def on_disk(fleet: Fleet, host: str) -> str:
    """Hashes of everything that decides about a firewall after the next boot."""
    return fleet.sh(host, "sha256sum /etc/ufw/*.rules /etc/ufw/ufw.conf /etc/default/ufw")


def kernel(fleet: Fleet, host: str) -> str:
    """Everything the kernel filters, of both families; without counters."""
    return fleet.sh(host, "iptables -S; ip6tables -S")


def address6(fleet: Fleet, host: str) -> str:
    """Give a host an IPv6 address of the lab's own; says which."""
    of_lab, number = fleet.lab.host(host).address.split(".")[2:]
    address = str(ipaddress.ip_address(f"fd77:{of_lab}::{number}"))
    fleet.sh(host, f"ip -6 address replace {address}/64 dev host0 nodad")
    return address


def on_trial(fleet: Fleet, host: str, seconds: int, *rules: str) -> None:
    """Start a change that nobody confirms, as a run does that dies at this moment."""
    script = (ROOT / "pyinfra_ollama/scripts/ufw.sh").read_text()
    words = " ".join(f"'{rule}'" for rule in rules)
    fleet.sh(host, f"sh -s -- {seconds} dead yes {words}", stdin=script)
