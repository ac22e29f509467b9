"""`ollama-monitor`: one look at the host, what can be mended is mended, and somebody is told.

ollama-monitor.timer runs it. Nothing is mended or told of while the maintenance switch is on, and
while pyinfra-ollama deploys to the host; a second monitor leaves at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ollama_tools import checks, maintenance, repair, state, telling
from ollama_tools.backups import backups
from ollama_tools.checks import Check, Seen, Status
from ollama_tools.config import PATH, Config, ConfigError, load
from ollama_tools.maintenance import Maintenance, WrongError
from ollama_tools.output import log, textfile
from ollama_tools.telling import Trouble

__all__ = ["Outcome", "main", "observe"]

# More than these between two looks is a loop, even while systemd goes on.
RESTARTS_AT_ONCE = 3


@dataclass(frozen=True)
class Outcome:
    """What one run saw and did. `quiet`: why nothing was mended or told of, or "" """

    checks: tuple[Check, ...]
    deeds: tuple[repair.Deed, ...]
    quiet: str
    restarts: Mapping[str, int]

    @property
    def trouble(self) -> dict[str, Trouble]:
        """What is wrong now, by name."""
        found = {
            check.name: Trouble(checks.ORDER.index(check.status), check.text)
            for check in self.checks
            if check.status != Status.OK
        }
        worst = checks.ORDER.index(Status.CRITICAL)
        # The check speaks of how it is after the repair; a repair that failed has the better words.
        failed = {deed.unit: Trouble(worst, deed.text) for deed in self.deeds if not deed.good}
        loops = {
            f"{unit} restarts": Trouble(worst, _often(unit, count))
            for unit, count in self.restarts.items()
            if count >= RESTARTS_AT_ONCE
        }
        return found | failed | loops

    @property
    def crashes(self) -> dict[str, str]:
        """What systemd mended by itself, and not in a loop."""
        few = range(1, RESTARTS_AT_ONCE)
        return {
            f"{unit} ended": _often(unit, count)
            for unit, count in self.restarts.items()
            if count in few
        }


def _often(unit: str, count: int) -> str:
    times = "once" if count == 1 else f"{count} times"
    return f"{unit}: it ended and systemd started it anew {times} since the last look"


def quiet_reason() -> str:
    """Why the monitor keeps still: maintenance, or a deployment at work."""
    switch = Maintenance.read()
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
    found = list(checks.services(seen))
    server = config.server
    if server is not None and any(one.service is server and one.answers for one in seen):
        found += checks.models(config, server)
    found += [*checks.resources(config, seen, sample=False), *backups()]
    return Outcome(tuple(found), tuple(deeds), quiet, restarts(seen, memory))


def restarts(seen: list[Seen], memory: state.Memory) -> dict[str, int]:
    """How often systemd itself started each unit anew since the last look."""
    found = {}
    for one in seen:
        unit, count = one.service.unit, one.unit.restarts
        before = memory.restarts.get(unit, count)
        memory.restarts[unit] = count
        # A start by anybody else sets systemd's count to nothing.
        found[unit] = count - before if count >= before else count
    return found


def tell(config: Config, outcome: Outcome, memory: state.Memory) -> list[str]:
    """Send what is news by each channel; the words for the log."""
    if config.notify is None or outcome.quiet:
        return []
    now, repeat = state.boottime(), config.notify.repeat_seconds
    deeds = [deed.text for deed in outcome.deeds if deed.done]
    words = []
    for name, send in telling.channels(config.notify).items():
        told = memory.told.setdefault(name, state.Told())
        said = telling.news(now, outcome.trouble, told, repeat, deeds=deeds, asides=outcome.crashes)
        if said.nothing:
            continue
        failure = send(json.dumps(telling.message(said)).encode())
        if failure:
            told.pending = said.happened
            words.append(f"not told: {failure}")
        else:
            telling.remember(now, said, told, repeat)
            words.append(f"told by {name}: {said.words}")
    return words


def lines(outcome: Outcome, told: list[str]) -> list[str]:
    """The log of one run: one line, and one more for each deed and message."""
    words = ", ".join(
        f"{check.name} {check.figures['used_percent']:g}%"
        for check in outcome.checks
        if "used_percent" in check.figures
    )
    trouble = "; ".join(one.text for one in outcome.trouble.values())
    head = f"TROUBLE: {trouble} ({words})" if trouble else f"OK ({words})"
    quiet = f"; nothing is done or told: {outcome.quiet}" if outcome.quiet else ""
    return [
        head + quiet,
        *(f"{'ACTION' if deed.done else 'NOTE'}: {deed.text}" for deed in outcome.deeds),
        *(f"NOTE: {text}" for text in outcome.crashes.values()),
        *told,
    ]


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
        failures += textfile(on=Maintenance.read() is not None)
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
        if os.geteuid() != 0:
            raise WrongError("only root may mend a host; try sudo, or ollama-health to look only")
        return run(load(given.config))
    except (ConfigError, WrongError, OSError) as error:
        print(f"ollama-monitor: {error}", file=sys.stderr)
        return 1 if isinstance(error, OSError) else 2
    except KeyboardInterrupt:
        print("ollama-monitor: interrupted", file=sys.stderr)
        return 130
