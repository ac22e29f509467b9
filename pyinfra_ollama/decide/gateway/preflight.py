"""Whether a host is fit for the gateway that is declared for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.gateway.state import state
from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.snapshot import Snapshot


def findings(settings: GatewaySettings, snapshot: Snapshot) -> Iterator[Finding]:
    """Who has its ports, and what nginx serves there already."""
    gateway, found = settings.gateway, state(snapshot)
    holders: dict[str, tuple[str, list[str]]] = {}
    for line in found.listeners:
        port = line.split()[3].rpartition(":")[2]
        for name, pid in re.findall(r'\("([^"]+)",pid=(\d+)', line) or [("a process", "")]:
            if name != "nginx":
                # Of the processes of one program the first is enough to find it.
                holders.setdefault(name, (pid, []))[1].append(port)
    for name, (pid, ports) in holders.items():
        held = tuple(dict.fromkeys(ports))
        who = f"{name} (pid {pid})" if pid else name
        yield Finding(
            "failure",
            "gateway",
            f"{' and '.join(held)} {'is' if len(held) == 1 else 'are'} held by {who}",
            "stop it, or set port, redirect_port and status_port in Gateway(...)",
        )
    if found.foreign and not gateway.replace_sites:
        yield Finding(
            "failure",
            "gateway",
            f"nginx is set up by {', '.join(found.foreign)}, which the gateway would replace",
            "move that to another host, or give it up with Gateway(replace_sites=True)",
        )
    elif not holders:
        wanted = " and ".join(str(port) for port in gateway.ports)
        yield Finding("ok", "gateway", f"{wanted} free or ours")
