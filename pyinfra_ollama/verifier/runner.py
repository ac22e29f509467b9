"""Verifying one host, or all hosts of an inventory at once, within a deadline."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial

import gevent  # type: ignore[import-untyped]
from pyinfra.api.host import Host

from pyinfra_ollama import engine
from pyinfra_ollama.reports import survey
from pyinfra_ollama.settings import Declared, load
from pyinfra_ollama.verifier.everything import everything, planned
from pyinfra_ollama.verifier.outside.way import Direct, Through, Way
from pyinfra_ollama.verifier.results import HostReport, Report, Result

__all__ = ["load_settings", "verify_fleet", "verify_host", "verify_inventory"]

OnResult = Callable[[Result], None]
OnHostResult = Callable[[str, Result], None]
OnHost = Callable[[HostReport], None]

_log = logging.getLogger(__name__)
_HERE = Direct()


def verify_host(
    host: Host,
    declared: Declared,
    *,
    generate: bool | None = None,
    way: Way | None = _HERE,
    clients: bool = False,
    timeout_seconds: float | None = None,
    on_result: OnResult | None = None,
) -> HostReport:
    """Run every check on one host, connecting it first when it is not connected yet.

    + host: a host of an initialised pyinfra state; also from within a pyinfra run
    + declared: what the host is declared to be
    + generate: whether models are loaded; None takes that of the declared Verify
    + way: how the host is looked at from outside; None looks from inside only
    + clients: whether its gateway is asked that way as clients would ask it
    + timeout_seconds: after it, what is still open is unknown; None has no bound of its own
    + on_result: called with each result as it comes

    Raises nothing that a host can cause: what could not be told is in the report.
    """
    start = time.monotonic()
    results: list[Result] = []
    wanted = declared.verify.generate if generate is None else generate

    def add(result: Result) -> None:
        results.append(result)
        if on_result is not None:
            on_result(result)

    def report(unreachable: str | None = None) -> HostReport:
        seconds = time.monotonic() - start
        return HostReport(host.name, tuple(results), round(seconds, 3), unreachable)

    reason = ""
    with gevent.Timeout(timeout_seconds, False):
        reason = "the deadline passed"
        try:
            engine.connect(host)
        except engine.HostError as error:
            return report(str(error))
        try:
            for result in everything(host, declared, generate=wanted, way=way, clients=clients):
                add(result)
            return report()
        except engine.HostError as error:
            reason = str(error)
            if not results:
                return report(reason)
        except Exception as error:
            _log.debug("checking %s failed", host.name, exc_info=True)
            reason = f"the verifier itself failed: {type(error).__name__}: {error}"
    if not results:
        return report(reason)
    for check, subject in planned(declared, clients=clients and way is not None)[len(results) :]:
        add(Result(check, "unknown", reason, subject=subject))
    return report()


def load_settings(fleet: engine.Fleet) -> dict[str, Declared]:
    """What every host is declared to be, by name.

    Raises `SettingsError` with all problems of all of them.
    """
    return load(
        ((host.name, engine.host_data(host)) for host in fleet.hosts),
        engine.everyone(fleet.state.inventory),
    )


def verify_fleet(
    fleet: engine.Fleet,
    settings: Mapping[str, Declared],
    *,
    generate: bool | None = None,
    outside: bool = True,
    from_host: str | None = None,
    timeout_seconds: float | None = None,
    on_result: OnHostResult | None = None,
    on_host: OnHost | None = None,
) -> Report:
    """Verify all hosts in parallel and disconnect them; reports are in the inventory's order.

    + outside: whether hosts are looked at from outside
    + from_host: the host of the inventory from which; None is this machine
    + timeout_seconds: for the whole run; see `verify_host` for the others
    + on_result: called with a host's name and each of its results as they come
    + on_host: called with each host's report when it is complete

    Raises `InventoryError` for a `from_host` that is none, `HostError` when it cannot be reached.
    """

    def one(host: Host, seconds_left: float | None) -> HostReport:
        return verify_host(
            host,
            settings[host.name],
            generate=generate,
            way=way if outside else None,
            clients=outside,
            timeout_seconds=seconds_left,
            on_result=partial(on_result, host.name) if on_result else None,
        )

    with engine.another_connection(fleet, from_host) as transport:
        way: Way = Through(from_host or "", transport) if transport is not None else _HERE
        return survey(Report, fleet, one, timeout_seconds=timeout_seconds, on_host=on_host)


def verify_inventory(
    options: engine.Options,
    *,
    generate: bool | None = None,
    outside: bool = True,
    from_host: str | None = None,
    timeout_seconds: float | None = None,
    on_result: OnHostResult | None = None,
    on_host: OnHost | None = None,
) -> Report:
    """Load an inventory and verify its hosts: what `pyinfra-ollama verify` does.

    Raises `engine.InventoryError` and `SettingsError`, before anything is connected.
    """
    fleet = engine.open_fleet(options)
    return verify_fleet(
        fleet,
        load_settings(fleet),
        generate=generate,
        outside=outside,
        from_host=from_host,
        timeout_seconds=timeout_seconds,
        on_result=on_result,
        on_host=on_host,
    )
