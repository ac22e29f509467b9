"""What preflight says about the firewall."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.firewall.work import todo
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.settings import Declared, Firewall
from pyinfra_ollama.snapshot import FirewallState, Snapshot


def findings(declared: Declared, snapshot: Snapshot) -> Iterator[Finding]:
    """Only what is worth saying; nothing where no firewall is declared."""
    firewall, state = declared.firewall, snapshot.firewall
    if firewall is None or state is None:
        return
    for rival in state.rivals:
        yield Finding(
            "failure",
            "firewall",
            f"{rival} starts at boot, and two firewalls undo each other",
            f"stop it with: systemctl disable --now {rival}; or remove the declaration firewall",
        )
    outside = _left_out(firewall, state)
    if outside:
        yield Finding(
            "failure",
            "firewall",
            f"this run comes from {outside}, which firewall.ssh_networks does not hold",
            f"add '{outside}' or its network to Firewall(ssh_networks=[...])",
        )
    try:
        todo(declared, snapshot)
    except RefusedError as refusal:
        yield Finding("failure", "firewall", str(refusal))
    if state.docker:
        published = ", ".join(state.published)
        seen = f"it lets in {published}" if published else "nothing is published now"
        yield Finding(
            "warning",
            "docker",
            f"ports that Docker publishes are open past ufw; {seen}",
            "publish on 127.0.0.1 (-p 127.0.0.1:8080:80), or filter in the chain DOCKER-USER",
        )


def _left_out(firewall: Firewall, state: FirewallState) -> str | None:
    """The address of this run when its next connection would not be let in."""
    if firewall.ssh_networks is None or state.session is None:
        return None
    address = ipaddress.ip_address(state.session[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in ipaddress.ip_network(text) for text in firewall.ssh_networks):
        return None
    return str(address)
