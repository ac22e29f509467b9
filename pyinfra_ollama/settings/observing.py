"""Who observes whom, by all hosts' declarations."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import ValidationError

from .backends import Inventory
from .base import Setting
from .metrics import PASSED_ON, Metrics, MetricsSettings
from .monitoring import Monitoring
from .network import is_loopback
from .observer import Observer, ObserverSettings, Target
from .ports import ports
from .problems import Problem
from .units import duration_seconds

Kind = TypeVar("Kind", bound=Setting)


def resolve_both(
    host: str, parts: Mapping[str, Setting], inventory: Inventory
) -> tuple[MetricsSettings | None, ObserverSettings | None, list[Problem]]:
    """The metrics and the observer of a host, and what is wrong with either."""
    metrics, unseen = resolve_metrics(host, parts, inventory)
    observer, blind = resolve_observer(host, parts, inventory)
    return metrics, observer, [*ports(host, parts), *unseen, *blind]


def resolve_metrics(
    host: str, parts: Mapping[str, Setting], inventory: Inventory
) -> tuple[MetricsSettings | None, list[Problem]]:
    """The metrics of a host with the addresses of all who observe it, and what is wrong."""
    metrics = parts.get("metrics")
    if not isinstance(metrics, Metrics):
        return None, []
    observers, problems = list(metrics.observers), []
    for name, data in inventory.data.items():
        # Without fetching secrets: those of other hosts are none of this one's business.
        observer = _declared(data, Observer, "observer")
        if name == host or observer is None or host not in _observed(observer, inventory):
            continue
        addresses = observer.source_addresses or _ssh_address(name, data)
        if not addresses:
            problems.append(
                Problem(
                    hosts=(host,),
                    path="metrics",
                    seen=f"the observer {name!r}, whose address is not known",
                    accepted="the addresses from which an observer reaches this host",
                    remedy=f"write source_addresses=['10.0.0.9'] in Observer(...) of {name}",
                )
            )
        observers += addresses
    return MetricsSettings(metrics=metrics, observers=tuple(dict.fromkeys(observers))), problems


def resolve_observer(
    host: str, parts: Mapping[str, Setting], inventory: Inventory
) -> tuple[ObserverSettings | None, list[Problem]]:
    """The observer of a host with those it observes, and what is wrong with them."""
    observer = parts.get("observer")
    if not isinstance(observer, Observer):
        return None, []
    problems = []
    known = {*inventory.data, *inventory.groups}
    for position, name in enumerate(observer.targets):
        if name not in known or inventory.groups.get(name, (name,)) == ():
            seen = repr(name) if name not in known else f"the group {name!r}, which has no hosts"
            problems.append(
                Problem(
                    hosts=(host,),
                    path=f"observer.targets[{position}]",
                    seen=seen,
                    accepted="a host or group of the inventory: "
                    + ", ".join(sorted(known - {"all"})),
                    remedy="correct the name, or add the host to the inventory",
                )
            )
    targets = []
    for name in _observed(observer, inventory):
        metrics = _declared(inventory.data[name], Metrics, "metrics")
        if metrics is None:
            problems.append(_unseen(host, name, "declares no valid Metrics(...)"))
        elif name != host and metrics.listen and is_loopback(metrics.listen):
            problems.append(_unseen(host, name, f"has its metrics on {metrics.listen} only"))
        else:
            targets.append(_target(name, metrics, inventory.data[name], here=name == host))
    problems += _silences(host, observer, inventory)
    found = ObserverSettings(name=host, observer=observer, targets=tuple(targets))
    return found, problems


def _silences(host: str, observer: Observer, inventory: Inventory) -> Iterator[Problem]:
    """A monitor that would be called silent between two of its runs."""
    declared = {
        name: found
        for name in _observed(observer, inventory)
        if (found := _declared(inventory.data[name], Monitoring, "monitoring"))
    }
    silent = observer.alerts.monitor_silent_seconds
    slowest = max(declared, key=lambda name: duration_seconds(declared[name].interval), default="")
    least = round(2 * duration_seconds(declared[slowest].interval)) if slowest else 0
    if silent < least:
        yield Problem(
            hosts=(host,),
            path="observer.alerts.monitor_silent_seconds",
            seen=f"{silent}, though ollama-monitor of {slowest!r} runs every "
            f"{declared[slowest].interval}",
            accepted="two of its intervals or more",
            remedy=f"write monitor_silent_seconds={least} in Alerts(...), or a shorter interval "
            f"in Monitoring(...) of {slowest}",
        )


def _observed(observer: Observer, inventory: Inventory) -> tuple[str, ...]:
    """The hosts that an observer observes; what it misnames is left out."""
    if not observer.targets:
        return tuple(
            name for name, data in inventory.data.items() if data.get("metrics") is not None
        )
    named = (
        (name,) if name in inventory.data else inventory.groups.get(name, ())
        for name in observer.targets
    )
    return tuple(dict.fromkeys(name for names in named for name in names))


def _target(name: str, metrics: Metrics, data: Mapping[str, object], *, here: bool) -> Target:
    listened = metrics.listen
    if listened and not ipaddress.ip_address(listened).is_unspecified:
        address = listened
    else:
        address = "127.0.0.1" if here else str(data.get("ssh_hostname") or name)
    parts = tuple(path for path in PASSED_ON if path != "/nginx" or data.get("gateway") is not None)
    return Target(
        name=name, address=address, port=metrics.port, parts=parts, runners=metrics.runners
    )


def _declared(data: Mapping[str, object], model: type[Kind], variable: str) -> Kind | None:
    if data.get(variable) is None:
        return None
    try:
        return model.model_validate(data[variable])
    except ValidationError:
        return None


def _ssh_address(name: str, data: Mapping[str, object]) -> tuple[str, ...]:
    given = str(data.get("ssh_hostname") or name)
    try:
        return (str(ipaddress.ip_address(given)),)
    except ValueError:
        return ()


def _unseen(host: str, name: str, why: str) -> Problem:
    return Problem(
        hosts=(host,),
        path="observer.targets",
        seen=f"{name!r}, which {why}",
        accepted="hosts whose metrics the observer reaches",
        remedy=f"write metrics = Metrics() for {name}, or leave it out of targets",
    )
