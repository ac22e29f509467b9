"""Asking one host what its kernel lets in: `firewall.sh` run by root, and its answer read.

Only what the kernel filters now and what comes back after a boot is believed, not what ufw says.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.verifier.answers import Socket
from pyinfra_ollama.verifier.reading import sections, socket

__all__ = ["Filter", "Way", "ask", "read"]

ASK_SECONDS = 30

_LET_IN = re.compile(
    r"-A \S+(?: -s (?P<network>\S+))? -p (?P<protocol>tcp|udp) "
    r"-m (?:tcp|udp|multiport) --dports? (?P<port>[0-9:]+) -j (?:ACCEPT|ufw6?-user-limit-accept)"
)


@dataclass(frozen=True, order=True)
class Way:
    """One way in: family, protocol, port and network, as the kernel writes them."""

    family: int
    protocol: str
    port: str
    network: str

    def __str__(self) -> str:
        anywhere = self.network in ("0.0.0.0/0", "::/0")
        network = f"everywhere (IPv{self.family})" if anywhere else self.network
        return f"{self.port}/{self.protocol} from {network}"


@dataclass(frozen=True)
class Filter:
    """What one family lets in.

    `denies`: the policy of INPUT; `hooked`: ufw's rules are reached; `ways`: ports let in by
    ufw's rules; `others`: lines that let in something else; `past`: lines of INPUT that
    are not ufw's and let in something.
    """

    denies: bool
    hooked: bool
    ways: frozenset[Way]
    others: tuple[str, ...]
    past: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """The whole answer; None is unknown, a family that the host does not have is left out."""

    problems: Mapping[str, str]
    at_boot: bool | None
    families: Mapping[int, Filter] | None
    published: tuple[str, ...]
    sockets: tuple[Socket, ...] | None


def ask(host: Host) -> Seen:
    """Run the script. Raises `HostError` when the host gives no answer at all."""
    output = run_script(host, _script(), timeout_seconds=ASK_SECONDS)
    if not output.stdout:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise HostError(f"the firewall was not asked; the host said: {said[:300]}")
    return read(output.stdout)


@cache
def _script() -> str:
    return files(__package__).joinpath("firewall.sh").read_text(encoding="utf-8")


def read(lines: list[str]) -> Seen:
    """Read the script's output; a cut or failed section is unknown."""
    said, problems = sections(lines)
    for name in ("boot", "filter4", "filter6", "sockets"):
        if name not in said:
            problems.setdefault(name, "no answer")
    at_boot = None
    if "boot" in said:
        values = {line.strip().lower() for line in said["boot"]}
        at_boot = {"enabled=yes", "unit=enabled"} <= values
    families: dict[int, Filter] | None = None
    if "filter4" in said and "filter6" in said:
        families = {4: _filter(4, said["filter4"])}
        if said["filter6"] != ["none"]:
            families[6] = _filter(6, said["filter6"])
    sockets = tuple(map(socket, said["sockets"])) if "sockets" in said else None
    published = tuple(_published(said.get("published", [])))
    return Seen(problems, at_boot, families, published, sockets)


def _filter(family: int, lines: list[str]) -> Filter:
    prefix = "ufw6" if family == 6 else "ufw"
    before, user = f"{prefix}-before-input", f"{prefix}-user-input"
    ways, others = set(), []
    for line in lines:
        if line.startswith(f"-A {user} ") and line.endswith(("-j ACCEPT", "-limit-accept")):
            way = _way(family, line)
            ways.update(way)
            others += [] if way else [line]
    own = {f"-A INPUT -j {prefix}-{name}" for name in _PRIMARY}
    # A chain that only denies, such as fail2ban's, lets nobody in.
    lets_in = {"ACCEPT"} | {line.split()[1] for line in lines if line.endswith("-j ACCEPT")}
    foreign = [line for line in lines if line.startswith("-A INPUT ") and line not in own]
    return Filter(
        denies="-P INPUT DROP" in lines,
        hooked={f"-A INPUT -j {before}", f"-A {before} -j {user}"} <= set(lines),
        ways=frozenset(ways),
        others=tuple(others),
        past=tuple(line for line in foreign if line.split()[-1] in lets_in),
    )


_PRIMARY = (
    "before-logging-input",
    "before-input",
    "after-input",
    "after-logging-input",
    "reject-input",
    "track-input",
)


def _way(family: int, line: str) -> list[Way]:
    match = _LET_IN.fullmatch(line)
    if match is None:
        return []
    network = match["network"] or ("::/0" if family == 6 else "0.0.0.0/0")
    text = str(ipaddress.ip_network(network, strict=False))
    return [Way(family, match["protocol"], match["port"], text)]


def _published(lines: list[str]) -> list[str]:
    found = []
    for line in lines:
        match = re.search(r"-p (\w+) .*--dports? ([\d:]+) .*-j DNAT", line)
        if match and " -d 127." not in line:
            found.append(f"{match[2]}/{match[1]}")
    return sorted(dict.fromkeys(found))
