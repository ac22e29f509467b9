"""A gateway's nginx and what is around it: `nginx`, `gateway-ports`, `gateway-logs`, `backends`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.verifier.answers import PathState
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, unknown, warned
from pyinfra_ollama.verifier.gateway.asking import Inside, place
from pyinfra_ollama.verifier.results import Result

__all__ = ["backends", "is_down", "logs", "nginx", "ports"]

NGINX = "nginx.service"
LOGS = "/var/log/pyinfra-ollama"
_OWNERS = ("root", "www-data")
_LOG = f"journalctl -u {NGINX} -n 50 --no-pager; tail {LOGS}/gateway-error.log"


def is_down(seen: Inside) -> bool:
    """Whether nginx certainly does not run."""
    return seen.unit is not None and seen.unit.get("MainPID", "0") == "0"


def nginx(seen: Inside) -> Result:
    """nginx runs and comes back after a boot."""
    unit = seen.unit
    if unit is None or "ActiveState" not in unit:
        return unknown("nginx", seen.why("unit"), look=f"systemctl status {NGINX}")
    expected = "active (running), enabled"
    found = f"{unit['ActiveState']} ({unit.get('SubState', '?')})"
    found = f"{found}, {unit.get('UnitFileState') or 'not enabled'}"
    if unit.get("LoadState") != "loaded":
        found = f"{NGINX} is {unit.get('LoadState', '?')}"
    elif (unit["ActiveState"], unit.get("SubState")) == ("active", "running"):
        if unit.get("UnitFileState") == "enabled":
            return passed("nginx", found, expected=expected)
        found = f"{found}: it will not start at boot"
    return failed("nginx", expected=expected, found=found, look=_LOG)


def ports(settings: GatewaySettings, seen: Inside, red: Iterable[str]) -> Result:
    """nginx listens at the declared addresses and ports, and nowhere else."""
    if seen.sockets is None or seen.ipv6 is None:
        return unknown("gateway-ports", seen.why("sockets", "ipv6"), look="ss -ltnp")
    gateway = settings.gateway
    wanted = {("127.0.0.1", gateway.status_port)}
    for port in gateway.ports:
        for address in gateway.listen:
            # "::" stands for whatever there is, and without IPv6 there is nothing.
            if seen.ipv6 or address != "::":
                wanted.add((address, port))
    served = {
        (str(ipaddress.ip_address("::" if s.address == "*" else s.address)), s.port)
        for s in seen.sockets
        if "nginx" in s.commands
    }
    expected = f"nginx on {_shown(wanted)}"
    found = f"nginx on {_shown(served)}" if served else "nginx on nothing"
    if served == wanted:
        return passed("gateway-ports", found, expected=expected)
    words = []
    if more := served - wanted:
        words.append(f"not declared: {_shown(more)}")
    if less := wanted - served:
        words.append(f"missing: {_shown(less)}")
    found = f"{found}; {'; '.join(words)}"
    if "gateway-config" in red:
        found = f"{found} (red in gateway-config)"
        return warned("gateway-ports", expected=expected, found=found)
    return failed("gateway-ports", expected=expected, found=found, look="ss -ltnp")


def _shown(places: Iterable[tuple[str, int]]) -> str:
    return listed(f"[{a}]:{p}" if ":" in a else f"{a}:{p}" for a, p in sorted(places))


def logs(settings: GatewaySettings, seen: Inside) -> Result:
    """The access log is written where people look, is theirs alone, and is rotated."""
    if seen.logs is None or seen.written is None or seen.rotated is None:
        return unknown("gateway-logs", seen.why("logs", "written", "rotated"), look=f"ls -l {LOGS}")
    days = settings.gateway.log_days
    expected = f"{LOGS}/gateway.log, closed to others, kept for {days} days"
    wrong = [
        f"{path} is {_state(seen.logs.get(path))}"
        for path, open_to_others in ((LOGS, 0o022), (f"{LOGS}/gateway.log", 0o037))
        if not _is_closed(seen.logs.get(path), open_to_others)
    ]
    wrong += [
        f"nginx does not write {path}"
        for path in (f"{LOGS}/gateway.log", f"{LOGS}/gateway-error.log")
        if seen.written and path not in seen.written
    ]
    kept = seen.rotated.get("rotate")
    if kept != str(days):
        wrong.append(f"logrotate keeps it for {kept} days" if kept else "logrotate has no rule")
    if wrong:
        look = f"ls -l {LOGS} /etc/logrotate.d/pyinfra-ollama-gateway"
        return failed("gateway-logs", expected=expected, found="; ".join(wrong), look=look)
    if seen.rotated.get("program") != "there" or not (
        seen.rotated.get("timer") == "active" or "cron" in seen.rotated
    ):
        found = "logrotate is not installed or not started by anything: logs grow without end"
        return warned("gateway-logs", expected=expected, found=found, look="logrotate --version")
    return passed("gateway-logs", f"written, kept for {days} days", expected=expected)


def _is_closed(state: PathState | None, bits: int) -> bool:
    return state is not None and state.user in _OWNERS and not state.mode & bits


def _state(state: PathState | None) -> str:
    return f"{state.mode:04o} {state.user}:{state.group}" if state else "missing"


def backends(settings: GatewaySettings, seen: Inside, red: Iterable[str], *, host: str) -> Result:
    """The gateway's host reaches the Ollama of every backend that is not being drained.

    + host: the name of the gateway's host, which may be one of them
    """
    if seen.backends is None:
        return unknown("backends", seen.why("backends"))
    asked = [one for one in settings.backends if not one.drain]
    silent = {one.name: seen.backends.get(place(one), "was not asked") for one in asked}
    silent = {name: said for name, said in silent.items() if '"version"' not in said}
    expected = f"{len(asked)} of {len(asked)} answer: {listed(one.name for one in asked)}"
    good = [one.name for one in asked if one.name not in silent]
    if not silent:
        return passed("backends", listed(good), expected=expected)
    words = "; ".join(f"{name} says: {said or 'nothing'}" for name, said in silent.items())
    found = f"{len(good)} of {len(asked)} answer; {words}"
    first = next(one for one in asked if one.name in silent)
    look = f"curl -sS --max-time 5 http://{place(first)}/api/version"
    # Its own server is looked at by checks of its own.
    also = [check for check in red if check in ("service", "listeners", "version")]
    if also and set(silent) == {host}:
        return warned("backends", expected=expected, found=f"{found} (red in {listed(also)})")
    return failed("backends", expected=expected, found=found, look=look)
