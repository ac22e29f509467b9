"""Asking one host about its exporters and its observer: `metrics.sh` run by root."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from pyinfra.api.host import Host

from pyinfra_ollama.engine import HostError, run_script
from pyinfra_ollama.settings import Declared, MetricsSettings, ObserverSettings
from pyinfra_ollama.verifier.answers import Socket
from pyinfra_ollama.verifier.reading import sections, socket, split

__all__ = ["Monitored", "ask", "asked", "pages", "place", "read", "units", "unsettled"]

ASK_SECONDS = 90
# Prometheus 2.42 takes up other targets up to 5 s after it took its configuration.
SETTLE_SECONDS, PAUSE_SECONDS = 10, 1.0
EXPORTER = "ollama-exporter.service"
NODE, NGINX = "prometheus-node-exporter.service", "prometheus-nginx-exporter.service"
PROMETHEUS, ALERTMANAGER = "prometheus.service", "prometheus-alertmanager.service"

T = TypeVar("T")


@dataclass(frozen=True)
class Monitored:
    """The whole answer; None is unknown.

    `page`: samples of the exporter's page by name and labels; `statuses`: of its other pages;
    `targets`: health by job and host; `rules`: alerts by name, with their health; `age`: seconds
    since Prometheus took its configuration.
    """

    problems: Mapping[str, str]
    units: Mapping[str, tuple[str, str]] | None
    sockets: tuple[Socket, ...] | None
    page: Mapping[str, float] | None
    statuses: Mapping[str, str] | None
    rules: Mapping[str, str] | None
    targets: Mapping[tuple[str, str], str] | None
    alertmanager: bool
    age: float | None = None

    def why(self, *names: str) -> str:
        """Why a part of the answer is unknown."""
        return "; ".join(f"{name}: {self.problems.get(name, 'no answer')}" for name in names)


def units(declared: Declared) -> tuple[str, ...]:
    """What is to run on the host."""
    found: tuple[str, ...] = ()
    if declared.metrics:
        found = (EXPORTER, NODE, *((NGINX,) if declared.gateway else ()))
    return (*found, PROMETHEUS, ALERTMANAGER) if declared.observer else found


def ask(host: Host, declared: Declared) -> Monitored:
    """What the host says, asked again while Prometheus is about to take up other targets.

    Raises `HostError` when the host gives no answer at all.
    """
    seen = _ask(host, declared)
    for _ in range(SETTLE_SECONDS):
        if not unsettled(declared, seen):
            break
        time.sleep(PAUSE_SECONDS)
        seen = _ask(host, declared)
    return seen


def pages(settings: ObserverSettings) -> set[tuple[str, str]]:
    """The pages that are to be asked for, by job and host."""
    return {(path[1:], one.name) for one in settings.targets for path in ("/ollama", *one.parts)}


def asked(targets: Mapping[tuple[str, str], str]) -> set[tuple[str, str]]:
    """Of the targets those that are hosts'; Prometheus asks itself and Alertmanager too."""
    return {place for place in targets if place[0] in ("ollama", "node", "nginx")}


def unsettled(declared: Declared, seen: Monitored) -> bool:
    """Whether other targets may still come without anybody's doing."""
    if declared.observer is None or seen.targets is None or seen.age is None:
        return False
    return seen.age < SETTLE_SECONDS and asked(seen.targets) != pages(declared.observer)


def _ask(host: Host, declared: Declared) -> Monitored:
    exporter = place(declared.metrics) if declared.metrics else ""
    passed = "/node /nginx" if declared.gateway else "/node"
    ports = ("", "")
    if declared.observer:
        observer = declared.observer.observer
        ports = (str(observer.port), str(observer.alertmanager_port))
    arguments = (exporter, passed, *ports, *units(declared))
    output = run_script(host, _script(), *arguments, timeout_seconds=ASK_SECONDS)
    if not output.stdout:
        said = " ".join(output.stderr).strip() or "nothing at all"
        raise HostError(f"monitoring was not asked about; the host said: {said[:300]}")
    return read(output.stdout)


def place(metrics: MetricsSettings) -> str:
    """Where the host itself asks its exporter."""
    address = "127.0.0.1" if metrics.address in ("::", "0.0.0.0") else metrics.address
    address = f"[{address}]" if ":" in address else address
    return f"{address}:{metrics.metrics.port}"


def read(lines: list[str]) -> Monitored:
    """Read the script's output; a cut or damaged section becomes None and a problem."""
    whole, problems = sections(lines)

    def part(name: str, parser: Callable[[list[str]], T]) -> T | None:
        try:
            return parser(whole[name]) if name in whole else None
        except (ValueError, IndexError, KeyError, TypeError) as error:
            problems[name] = f"unreadable answer ({error!r})"
            return None

    return Monitored(
        problems=problems,
        units=part("units", _units),
        sockets=part("sockets", lambda body: tuple(map(socket, body))),
        page=part("page", _page),
        statuses=part("statuses", lambda body: dict(map(split, body))),
        rules=part("rules", lambda body: dict(_rules(_data(body)))),
        targets=part("targets", lambda body: dict(_targets(_data(body)))),
        alertmanager="alertmanager" in whole,
        age=part("reloaded", _age),
    )


def _age(body: Sequence[str]) -> float:
    taken, now = body
    return float(now) - float(taken)


def _page(body: Iterable[str]) -> dict[str, float]:
    rows = (line.rpartition(" ") for line in body)
    return {name: float(value) for name, _, value in rows}


def _units(body: Iterable[str]) -> dict[str, tuple[str, str]]:
    rows: list[dict[str, str]] = [{}]
    for line in body:
        key, value = split(line, "=")
        # Empty lines between units are gone by now.
        if key in rows[-1]:
            rows.append({})
        rows[-1][key] = value
    return {row["Id"]: (row["ActiveState"], row["UnitFileState"]) for row in rows}


def _data(body: list[str]) -> Any:
    return json.loads("\n".join(body))["data"]


def _rules(data: Any) -> Iterable[tuple[str, str]]:
    for group in data["groups"]:
        for rule in group["rules"]:
            if rule["type"] == "alerting":
                yield str(rule["name"]), str(rule["health"])


def _targets(data: Any) -> Iterable[tuple[tuple[str, str], str]]:
    for target in data["activeTargets"]:
        labels = target["labels"]
        health = target["health"]
        said = health if health == "up" else f"{health}: {target.get('lastError', '')}"
        yield (str(labels["job"]), str(labels["instance"])), said


@cache
def _script() -> str:
    return files(__package__).joinpath("metrics.sh").read_text(encoding="utf-8")
