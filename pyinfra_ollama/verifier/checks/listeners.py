"""Who can reach the server: `listeners` from inside, `outside` from this machine."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pyinfra_ollama.settings import HostSettings
from pyinfra_ollama.verifier.answers import Probe, Socket
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, skipped, unknown, warned
from pyinfra_ollama.verifier.results import Result

__all__ = ["Outside", "is_listening", "is_loopback", "listeners", "outside"]

RUNNER = "llama-server"
_ANY = {"*", "0.0.0.0", "::"}


@dataclass(frozen=True)
class Outside:
    """What this machine saw at the host's address; `version` is what /api/version said."""

    address: str
    port: int
    accepts: bool
    said: str
    version: str | None = None


def is_loopback(address: str) -> bool:
    return _parsed(address).is_loopback


def is_listening(settings: HostSettings, probe: Probe) -> bool | None:
    """Whether the declared address is served by anybody; None when sockets could not be read."""
    if probe.sockets is None:
        return None
    host, port = settings.ollama.listen
    return any(
        _is_at(s, host, port) or (_is_at(s, s.address, port) and s.address in _ANY)
        for s in probe.sockets
    )


def listeners(settings: HostSettings, probe: Probe) -> Result:
    """The sockets of the service and its runners are the declared ones, no more, no fewer.

    Ollama itself has the declared address; each runner one port of 127.0.0.1, which Ollama
    chooses. A process counts when it is in the service's cgroup or runs Ollama's files.
    """
    if probe.sockets is None or probe.members is None:
        return unknown("listeners", probe.why("sockets", "members"), look="ss -tulnp")
    host, port = settings.ollama.listen
    ours = [socket for socket in probe.sockets if _is_ollamas(socket, probe)]
    runners = [s for s in ours if s.commands == {RUNNER} and s.pids <= probe.members]
    servers = [socket for socket in ours if socket not in runners]
    declared = [s for s in servers if _is_at(s, host, port) and s.pids & probe.members]
    wrong = [socket for socket in servers if socket not in declared]
    counts = Counter(pid for socket in runners for pid in socket.pids)
    wrong += [
        s
        for s in runners
        if s.protocol != "tcp" or s.address != "127.0.0.1" or any(counts[p] > 1 for p in s.pids)
    ]
    expected = f"ollama on {_address(host, port)} alone; runners on one port of 127.0.0.1 each"
    found = listed(map(_shown, ours), "no socket of Ollama")
    if not declared and not probe.members and not ours:
        return skipped("listeners", "the service is down and nothing of it listens")
    if declared and not wrong:
        return passed("listeners", found, expected=expected, runners=len(runners))
    exposed = [s for s in wrong if s.address in _ANY or not is_loopback(s.address)]
    if exposed:
        found = f"{found}; open to other machines: {listed(map(_shown, exposed))}"
    elif not declared:
        found = f"{found}; nothing of the service on {_address(host, port)}"
    return failed("listeners", expected=expected, found=found, look="ss -tulnp")


def outside(
    settings: HostSettings, seen: Outside | None, red: Iterable[str], *, let_in: bool | None = True
) -> Result:
    """What is reached without SSH is what the settings open, and nothing else.

    + let_in: whether the declared firewall lets us to the port; None where we cannot know
    """
    host, _ = settings.ollama.listen
    if seen is None:
        return skipped("outside", "the host is local, or behind a jump host, or forwarded")
    where = _address(seen.address, seen.port)
    look = f"curl -sS --max-time 5 http://{where}/api/version   (from here, not on the host)"
    if let_in is None and not is_loopback(host):
        return skipped("outside", "it is not known whether the firewall lets us in")
    if is_loopback(host) or not let_in:
        expected = f"nothing answers at {where} from here"
        found = f"{where} {seen.said}"
        if not seen.accepts:
            return passed("outside", found, expected=expected)
        also = [check for check in red if check in ("listeners", "firewall")]
        if also:
            return warned("outside", expected=expected, found=f"{found} (red in {listed(also)})")
        return failed("outside", expected=expected, found=found, look=look)
    expected = f"{where} answers from here with {settings.ollama.version}"
    if seen.version == settings.ollama.version:
        return passed("outside", f"{where} says {seen.version}", expected=expected)
    found = f"{where} {seen.said}"
    if red:
        return warned("outside", expected=expected, found=f"{found} (red in {listed(red)})")
    return failed("outside", expected=expected, found=found, look=look)


def _is_ollamas(socket: Socket, probe: Probe) -> bool:
    if socket.pids & (probe.members or frozenset()) or "ollama" in socket.commands:
        return True
    files = [(probe.executables or {}).get(pid, "") for pid in socket.pids]
    return any("/lib/ollama/" in file for file in files)


def _is_at(socket: Socket, host: str, port: int) -> bool:
    if (socket.protocol, socket.port) != ("tcp", port):
        return False
    # Go listens on :: for 0.0.0.0 as well, where the kernel has IPv6.
    if _parsed(host).is_unspecified:
        return socket.address in _ANY
    return _parsed(socket.address) == _parsed(host)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address("::" if address == "*" else address)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _shown(socket: Socket) -> str:
    kind = "" if socket.protocol == "tcp" else f"{socket.protocol} "
    return f"{listed(sorted(socket.commands), '?')} {kind}{_address(socket.address, socket.port)}"
