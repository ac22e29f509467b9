"""What the host lets in: `firewall`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping

from pyinfra_ollama.settings import Declared, Firewall, Opening, openings, overlap
from pyinfra_ollama.settings.openings import EVERYBODY
from pyinfra_ollama.verifier.answers import Socket
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, unknown, warned
from pyinfra_ollama.verifier.checks.listeners import is_loopback
from pyinfra_ollama.verifier.firewall import Filter, Seen, Way
from pyinfra_ollama.verifier.results import Result

__all__ = ["firewall"]

LOOK = "ufw status verbose; iptables -S INPUT; ip6tables -S INPUT"


def firewall(host: Declared, declared: Firewall, seen: Seen) -> Result:
    """The kernel denies what comes in, but for SSH and the declared ports, now and after a boot.

    A person's own rule that lets in more is a warning, but on the server's port a failure.
    """
    if seen.families is None or seen.at_boot is None or seen.sockets is None:
        reasons = [f"{name}: {why}" for name, why in seen.problems.items()]
        return unknown("firewall", "; ".join(reasons), look=LOOK)
    wanted = set(_ways(host, declared, seen.sockets, seen.families))
    expected = f"what comes in is denied but for {listed(map(str, sorted(wanted)))}"
    wrong = list(_wrong(seen, seen.families, wanted))
    more = [way for one in seen.families.values() for way in one.ways - wanted]
    served = [way for way in more if _serves(host, way)]
    wrong += [f"{way} is open, and not declared" for way in sorted(served)]
    if wrong:
        return failed("firewall", expected=expected, found="; ".join(wrong), look=LOOK)
    beside = [str(way) for way in sorted(set(more))]
    beside += [line for one in seen.families.values() for line in (*one.others, *one.past)]
    beside += [f"{port} (published by Docker, past ufw)" for port in seen.published]
    found = f"{len(wanted)} ways in, as declared"
    if beside:
        found = f"{found}; open besides and not declared: {listed(beside)}"
        return warned("firewall", expected=expected, found=found, look=LOOK)
    return passed("firewall", found, expected=expected, ways=len(wanted))


def _serves(host: Declared, way: Way) -> bool:
    port = str(host.server.ollama.port) if host.server else ""
    return bool(port) and way.protocol == "tcp" and overlap(way.port, port)


def _wrong(seen: Seen, families: Mapping[int, Filter], wanted: set[Way]) -> Iterator[str]:
    for family, one in families.items():
        if not one.denies:
            yield f"what comes in by IPv{family} is not denied"
        if not one.hooked:
            yield f"ufw's rules for IPv{family} are not in use"
            continue
        for line in one.past:
            if line.endswith("-j ACCEPT"):
                yield f"let in before ufw is asked: {line}"
        missing = sorted(way for way in wanted - one.ways if way.family == family)
        yield from (f"{way} is closed" for way in missing)
    if not seen.at_boot:
        yield "ufw does not start at boot"


def _ways(
    host: Declared, declared: Firewall, sockets: Iterable[Socket], families: Iterable[int]
) -> Iterator[Way]:
    ports = {
        str(one.port) for one in sockets if "sshd" in one.commands and not is_loopback(one.address)
    }
    ports |= {str(declared.ssh_port)} if declared.ssh_port else set()
    ssh = [Opening(port, "tcp", declared.ssh_networks, "ssh") for port in ports]
    for opening in (*ssh, *host.opened, *openings(declared)):
        for text in opening.networks or EVERYBODY:
            network = ipaddress.ip_network(text)
            if network.version in families:
                yield Way(network.version, opening.protocol, opening.port, str(network))
