"""Debug mode: servers log more for a while, and go back by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.commands import script
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.reports import attempt
from pyinfra_ollama.settings import Declared, HostSettings

__all__ = ["Switched", "exit_code", "refusal", "switch"]

# Stopping takes up to 30 s (TimeoutStopSec of the unit).
SPARE_SECONDS = 60


@dataclass(frozen=True)
class Switched:
    """What became of one host; `told`: it answered, well or not."""

    name: str
    good: bool
    told: bool
    text: str


def refusal(server: HostSettings | None) -> str | None:
    """Why a host cannot be switched, by its settings alone."""
    if server is None:
        return "it is no server"
    if server.ollama.environ().get("OLLAMA_DEBUG") == "-1":
        return (
            "its proxy's address holds a login, which Ollama would log at start: use a proxy "
            "without a login first"
        )
    return None


def switch(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    on: bool,
    seconds: int,
    level: int,
    on_host: Callable[[Switched], None],
) -> list[Switched]:
    """Switch all hosts in parallel; each is told of as soon as it is done."""
    found = {}

    def one(host: Host, _: float | None) -> Switched:
        server = settings[host.name].server
        why = refusal(server)
        if server is None or why is not None:
            return Switched(host.name, good=False, told=True, text=f"left alone: {why}")

        def work() -> Switched:
            return _one(host, server, on=on, seconds=seconds, level=level)

        done = attempt(host, work, seconds_left=None, late="the deadline passed")
        return done.found or Switched(host.name, good=False, told=False, text=done.reason)

    for name, switched in engine.each(fleet, one, timeout_seconds=None):
        found[name] = switched
        on_host(switched)
    return [found[host.name] for host in fleet.hosts]


def _one(host: Host, server: HostSettings, *, on: bool, seconds: int, level: int) -> Switched:
    patience = server.service.start_timeout_seconds
    arguments = (str(seconds), str(level), server.ollama.base_url, str(patience))
    output = engine.run_script(
        host,
        script("debug"),
        "on" if on else "off",
        *arguments,
        timeout_seconds=patience + SPARE_SECONDS,
    )
    said = output.stdout if output.succeeded else [*output.stdout, *output.stderr]
    text = "; ".join(line for line in said if line.strip()) or "it said nothing"
    return Switched(host.name, good=output.succeeded, told=True, text=text)


def exit_code(found: list[Switched]) -> Exit:
    """A certain failure comes before what could not be told."""
    if any(one.told and not one.good for one in found):
        return Exit.FAILED
    return Exit.GOOD if all(one.good for one in found) else Exit.UNKNOWN
