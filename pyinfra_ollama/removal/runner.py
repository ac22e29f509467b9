"""Uninstalling from one host, or from all hosts of an inventory at once, within a deadline."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from uuid import uuid4

from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.commands import Hidden, quiet, script
from pyinfra_ollama.decide import lock
from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.plan import plan
from pyinfra_ollama.decide.removal.seen import Seen, SeenError, read
from pyinfra_ollama.decide.removal.steps import Plan, Wishes
from pyinfra_ollama.refusal import RefusedError
from pyinfra_ollama.removal.results import HostReport, Report, Status
from pyinfra_ollama.reports import attempt, survey
from pyinfra_ollama.settings import Declared

__all__ = ["looked", "removed"]

LOOK_SECONDS = 120
REMOVE_SECONDS = 1800
LOCK_SECONDS = 60
# As in operations/lock.py.
SILENCE_SECONDS = 60

OnHost = Callable[[HostReport], None]
Work = Callable[[Host, Declared], tuple[Status, Plan, tuple[str, ...]]]


def looked(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    wishes: Wishes,
    *,
    timeout_seconds: float | None = None,
) -> Report:
    """What would be taken away; changes nothing."""

    def work(host: Host, declared: Declared) -> tuple[Status, Plan, tuple[str, ...]]:
        found = _planned(host, declared, wishes)
        return ("pending" if found.steps else "nothing"), found, ()

    return _survey(fleet, settings, work, timeout_seconds, None)


def removed(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    wishes: Wishes,
    shown: Mapping[str, Plan],
    *,
    timeout_seconds: float | None = None,
    on_host: OnHost | None = None,
) -> Report:
    """Take away what the plans that were shown name; a host that changed since is left alone.

    + shown: each host's plan as the person agreed to it
    """

    def work(host: Host, declared: Declared) -> tuple[Status, Plan, tuple[str, ...]]:
        _lock(host)
        found = _planned(host, declared, wishes)
        agreed = shown.get(host.name)
        if agreed is None or found.agreed != agreed.agreed:
            return "failed", found, ("it changed since its plan was shown, so nothing was removed",)
        if not found.steps:
            return "nothing", found, ()
        steps = "".join(f"{step.line}\n" for step in found.steps)
        output = engine.run_command(
            host, quiet("uninstall"), timeout_seconds=REMOVE_SECONDS, stdin=Hidden(steps)
        )
        if output.succeeded:
            return "removed", found, tuple(output.stdout)
        return "failed", found, tuple(output.stderr[-1:] or ["it did not say why"])

    return _survey(fleet, settings, work, timeout_seconds, on_host)


def _planned(host: Host, declared: Declared, wishes: Wishes) -> Plan:
    try:
        return plan(declared, _ask(host, declared, wishes), wishes)
    except RefusedError as error:
        raise engine.HostError(str(error)) from error


def _ask(host: Host, declared: Declared, wishes: Wishes) -> Seen:
    output = engine.run_script(
        host,
        script("uninstall-look"),
        "\n".join(owned.paths(declared)),
        " ".join(owned.UNITS),
        owned.models_dir(declared),
        "keep" if wishes.keep_packages else "",
        " ".join(owned.PACKAGES),
        " ".join(owned.SEARCHED),
        timeout_seconds=LOOK_SECONDS,
    )
    try:
        seen = read(output.stdout)
    except SeenError as error:
        raise engine.HostError(str(error)) from error
    if seen.uid:
        raise engine.HostError(
            f"the commands ran as user {seen.uid}, not as root; set _sudo=True in the host's "
            "data, or give --sudo"
        )
    return seen


def _lock(host: Host) -> None:
    """Have the host's lock, which goes with this connection. Raises `HostError` without it."""
    local = str(os.getpid()) if engine.ssh_transport(host) is None else ""
    who = f"pyinfra-ollama uninstall (process {os.getpid()})"
    words = ("take", str(uuid4()), who, local, str(SILENCE_SECONDS), "0")
    output = engine.run_script(host, script("lock"), *words, timeout_seconds=LOCK_SECONDS)
    try:
        answer = lock.parse(output.stdout)
    except lock.AnswerError as error:
        raise engine.HostError(f"the lock of this host could not be asked for: {error}") from error
    if answer.refusal:
        raise engine.HostError(answer.refusal)
    engine.give_up_on_silence(host)


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
    late = "the deadline passed; what it began goes on there"
    done = attempt(host, lambda: work(host, declared), seconds_left=left, late=late)
    status, found, said = done.found or ("unknown", None, (done.reason,))
    return HostReport(host.name, status, found, said, done.seconds)
