"""Backups of one host, or of all hosts of an inventory at once, within a deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.keeping import tool
from pyinfra_ollama.keeping.results import HostReport, Report, Status
from pyinfra_ollama.reports import attempt, survey
from pyinfra_ollama.settings import Declared

__all__ = ["kept", "listed", "restored"]

# What the host's own timers allow a backup (templates/etc/systemd/system/ollama-backup.service.j2).
LONGEST_SECONDS = 12 * 3600
_NOTHING = ("no backup is declared for this host",)

OnHost = Callable[[HostReport], None]
Work = Callable[[Host, Declared, int], HostReport]


def kept(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    timeout_seconds: float | None = None,
    on_host: OnHost | None = None,
) -> Report:
    """Have every host that declares a backup make one now."""

    def work(host: Host, declared: Declared, seconds: int) -> HostReport:
        return _told(host, tool.ask(host, "run", timeout_seconds=seconds))

    return _survey(fleet, settings, work, timeout_seconds, on_host)


def listed(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    timeout_seconds: float | None = None,
    on_host: OnHost | None = None,
) -> Report:
    """What there is of each host, as its repository says."""

    def work(host: Host, declared: Declared, seconds: int) -> HostReport:
        answer = tool.ask(host, "snapshots", timeout_seconds=seconds)
        if answer.code:
            return _told(host, answer)
        found = tool.listed(answer)
        words = f"{len(found)} snapshot{'s' if len(found) != 1 else ''}"
        return HostReport(host.name, "good", (words,), 0, snapshots=found)

    return _survey(fleet, settings, work, timeout_seconds, on_host)


def restored(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    templates: Path,
    options: Sequence[str],
    timeout_seconds: float | None = None,
    on_host: OnHost | None = None,
) -> Report:
    """Put the tool on every host that declares a backup, and have it bring the host's own back.

    + templates: the folder of the templates
    + options: further words for `ollama-backup restore`
    """

    def work(host: Host, declared: Declared, seconds: int) -> HostReport:
        tool.prepare(host, declared, templates)
        version = ("--version", declared.server.ollama.version) if declared.server else ()
        return _told(host, tool.ask(host, "restore", *options, *version, timeout_seconds=seconds))

    return _survey(fleet, settings, work, timeout_seconds, on_host)


def _survey(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    work: Work,
    timeout_seconds: float | None,
    on_host: OnHost | None,
) -> Report:
    def one(host: Host, left: float | None) -> HostReport:
        return _on(host, settings[host.name], work, left)

    return survey(Report, fleet, one, timeout_seconds=timeout_seconds, on_host=on_host)


def _on(host: Host, declared: Declared, work: Work, left: float | None) -> HostReport:
    if declared.backup is None:
        return HostReport(host.name, "skipped", _NOTHING, 0)

    def patiently() -> HostReport:
        # Nothing may come for hours, which a connection that is lost must not look like.
        engine.give_up_on_silence(host)
        return work(host, declared, int(left or LONGEST_SECONDS) + 1)

    late = "the deadline passed; what it began goes on there"
    done = attempt(host, patiently, seconds_left=left, late=late)
    found = done.found or HostReport(host.name, "unknown", (done.reason,), 0)
    return replace(found, seconds=done.seconds)


def _told(host: Host, answer: tool.Answer) -> HostReport:
    status: Status = "failed" if answer.code else "good"
    return HostReport(host.name, status, answer.said, 0, numbers=answer.numbers)
