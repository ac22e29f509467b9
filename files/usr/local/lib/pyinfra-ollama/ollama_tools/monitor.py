"""`ollama-monitor`: one look at the host, what can be mended is mended, and somebody is told.

ollama-monitor.timer runs it. Nothing is mended or told of while the maintenance switch is on, and
while pyinfra-ollama deploys to the host; a second monitor leaves at once.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from ollama_tools import checks, maintenance, repair, state, telling
from ollama_tools.backups import backups
from ollama_tools.checks import Check, Seen, Status
from ollama_tools.config import PATH, Config, ConfigError, load
from ollama_tools.output import log, textfile

__all__ = ["Outcome", "main", "observe"]

# More than these between two looks is a loop, even while systemd goes on.
RESTARTS_AT_ONCE = 3


@dataclass(frozen=True)
class Outcome:
    """What one run saw and did. `quiet`: why nothing was mended or told of, or "" """

    checks: tuple[Check, ...]
    deeds: tuple[repair.Deed, ...]
    quiet: str

    @property
    def trouble(self) -> dict[str, str]:
        """What is wrong now, by name."""
        found = {c.name: c.text for c in self.checks if c.status != Status.OK}
        # The check speaks of how it is after the repair; a repair that failed has the better words.
        return found | {deed.unit: deed.text for deed in self.deeds if not deed.good}


def quiet_reason() -> str:
    """Why the monitor keeps still: maintenance, or a deployment at work."""
    switch = state.Maintenance.read()
    if switch is not None:
        return maintenance.words(switch)
    who = state.deployment()
    return f"pyinfra-ollama deploys to this host ({who})" if who else ""


def observe(config: Config, memory: state.Memory) -> Outcome:
    """Look, mend, and look again at what was mended."""
    quiet = quiet_reason()
    seconds = config.answer_seconds
    seen = [checks.look(service, seconds=seconds) for service in config.services]
    if not quiet:
        seen = [repair.settle(one, seconds=seconds) for one in seen]
        # It may have begun meanwhile.
        quiet = quiet_reason()
    deeds = []
    if config.repair and not quiet:
        deeds = [deed for one in seen if (deed := repair.mend(one, memory, seconds=seconds))]
        mended = {deed.unit for deed in deeds}
        seen = [
            checks.look(one.service, seconds=seconds) if one.service.unit in mended else one
            for one in seen
        ]
    found = [*checks.services(seen), *(loops(seen, memory))]
    found += [*checks.resources(config, seen, sample=False), *backups()]
    return Outcome(tuple(found), tuple(deeds), quiet)


def loops(seen: list[Seen], memory: state.Memory) -> list[Check]:
    """Services that systemd restarted often since the last look."""
    found = []
    for one in seen:
        unit, restarts = one.service.unit, one.unit.restarts
        more = restarts - memory.restarts.get(unit, restarts)
        memory.restarts[unit] = restarts
        if more >= RESTARTS_AT_ONCE:
            text = f"{unit} was restarted {more} times since the last look"
            found.append(Check(f"{unit.removesuffix('.service')}-restarts", Status.CRITICAL, text))
    return found


def tell(config: Config, outcome: Outcome, memory: state.Memory) -> list[str]:
    """Send what is news; the words for the log."""
    if config.notify is None or outcome.quiet:
        return []
    now, repeat = state.boottime(), config.notify.repeat_seconds
    found = telling.news(now, outcome.trouble, memory, repeat)
    done = [deed.text for deed in outcome.deeds if deed.good]
    if found.nothing and not done:
        return []
    failures = telling.send(config.notify, found, done)
    if failures:
        return [f"not told: {failure}" for failure in failures]
    telling.remember(now, found, memory, repeat)
    return ["told: " + ", ".join([*found.trouble, *found.over, *(d.unit for d in outcome.deeds)])]


def lines(outcome: Outcome, told: list[str]) -> list[str]:
    """The log of one run: one line, and one more for each deed and message."""
    words = ", ".join(
        f"{check.name} {check.figures['used_percent']:g}%"
        for check in outcome.checks
        if "used_percent" in check.figures
    )
    trouble = "; ".join(outcome.trouble.values())
    head = f"TROUBLE: {trouble} ({words})" if trouble else f"OK ({words})"
    quiet = f"; nothing is done or told: {outcome.quiet}" if outcome.quiet else ""
    return [head + quiet, *(f"ACTION: {deed.text}" for deed in outcome.deeds), *told]


def run(config: Config) -> int:
    """One run; 0 unless the monitor itself could not do its work."""
    with state.alone() as mine:
        if not mine:
            log(["another run is at work; this one leaves"])
            return 0
        memory = state.Memory.load()
        outcome = observe(config, memory)
        told = tell(config, outcome, memory)
        failures = log(lines(outcome, told))
        memory.save()
        failures += textfile(on=state.Maintenance.read() is not None)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Parse, run or switch; 2 for what people get wrong."""
    parser = argparse.ArgumentParser(
        prog="ollama-monitor",
        description="Look once at this host, mend what can be mended, and tell of trouble. "
        "ollama-monitor.timer runs it.",
    )
    parser.add_argument("--config", type=Path, default=PATH, help="another configuration file")
    maintenance.add_options(parser)
    given = parser.parse_args(arguments)
    try:
        if given.maintenance is not None:
            return maintenance.switch(given.maintenance, given.reason)
        return run(load(given.config))
    except (ConfigError, maintenance.WrongError) as error:
        print(f"ollama-monitor: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ollama-monitor: {error}", file=sys.stderr)
        return 1
