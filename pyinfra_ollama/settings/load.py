"""From the data of hosts to validated settings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import ValidationError

from . import ingress
from .backends import Inventory
from .base import LOADING, Setting
from .fetched import SecretError
from .gateway import Gateway
from .machine import Packages, Preflight
from .ollama import Ollama
from .problems import Problem, SettingsError, problems_of
from .release import Release
from .resolve import GatewaySettings, resolve
from .roles import VARIABLES, Declared, HostSettings
from .secrets import Secret, one_line
from .service import Service
from .verify import Verify

# A host with none of these has nothing to be made of it.
ROLES = ("ollama", "gateway", "observer")


def load(
    hosts: Iterable[tuple[str, Mapping[str, object]]], inventory: Inventory | None = None
) -> dict[str, Declared]:
    """Return what each host is declared to be, by its name.

    + hosts: name and data of each host, as pyinfra resolved it; other data is left alone
    + inventory: every host and group that backends may be named by; None is these hosts alone

    Secrets are fetched here, those of pyinfra's own arguments included. Raises
    :class:`SettingsError` with the problems of all hosts when there is any.
    """
    given = dict(hosts)
    everyone = inventory or Inventory(data=given, groups={})
    declared: dict[str, Declared] = {}
    problems: list[Problem] = []
    for name, data in given.items():
        parts, found = _parts(name, data)
        found += _missing(name, data)
        gateway = None
        if not found and isinstance(declares := parts.get("gateway"), Gateway):
            gateway, unresolved = resolve(name, declares, everyone)
            found += unresolved
        opened, unopened = ingress.opened(name, parts, everyone)
        found += unopened
        besides: dict[str, Any] = {"firewall": parts.get("firewall"), "opened": opened}
        if "metrics" in parts or "observer" in parts:
            # Takes its time to import, and most hosts declare neither.
            from .observing import resolve_both

            besides["metrics"], besides["observer"], unseen = resolve_both(name, parts, everyone)
            found += unseen
        problems += found
        if not found:
            declared[name] = _complete(name, parts, gateway, besides)
    if problems:
        raise SettingsError(problems)
    return declared


def _parts(host: str, data: Mapping[str, object]) -> tuple[dict[str, Setting], list[Problem]]:
    """Return what one host's data declares, and what is wrong with it."""
    parts: dict[str, Setting] = {}
    misnamed = _misnamed(data)
    problems = [_unknown(host, name, remedy) for name, (_, remedy) in misnamed.items()]
    for variable in VARIABLES:
        value = data.get(variable)
        if value is not None:
            model = VARIABLES[variable]
            try:
                parts[variable] = model.model_validate(value, context=LOADING)
            except ValidationError as error:
                problems += problems_of(error, host=host, variable=variable, model=model)
    meant = {variable for variable, _ in misnamed.values()}
    if not any(data.get(role) is not None or role in meant for role in ROLES):
        problems.append(_nothing_declared(host))
    return parts, problems


def _missing(host: str, data: Mapping[str, object]) -> list[Problem]:
    """Return which secrets among other data, such as ``_sudo_password``, cannot be had."""
    problems = []
    for name, value in data.items():
        if isinstance(value, Secret):
            try:
                _fetch(name, value)
            except SecretError as error:
                said = {"seen": error.seen, "accepted": error.accepted, "remedy": error.remedy}
                problems.append(Problem(hosts=(host,), path=name, **said))
    return problems


def _fetch(name: str, secret: Secret) -> None:
    if name == "_su_password":
        raise SecretError(
            seen="a secret that pyinfra would put into a command line on the host",
            accepted="_sudo_password",
            remedy="let the user become root by sudo: _sudo = True, and _sudo_password if it asks",
        )
    if name == "ssh_key":  # the one secret of many lines
        secret.get_secret_value()
    else:
        one_line(secret)


def _complete(
    name: str,
    parts: dict[str, Setting],
    gateway: GatewaySettings | None,
    besides: Mapping[str, Any],
) -> Declared:
    common: dict[str, Any] = {
        "packages": parts.get("packages") or Packages(),
        "preflight": parts.get("preflight") or Preflight(),
        "verify": parts.get("verify") or Verify(),
    }
    monitoring: Any = parts.get("monitoring")
    if gateway and monitoring:
        gateway = replace(gateway, log_max=monitoring.log_max)
    server = None
    if "ollama" in parts:
        own: dict[str, Any] = {
            "ollama": parts["ollama"],
            "release": parts.get("release") or Release(),
            "service": parts.get("service") or Service(),
            "swap": parts.get("swap"),
            "runner_metrics": "metrics" in parts and besides["metrics"].metrics.runners,
        }
        server = HostSettings(name=name, **own, **common)
    roles: dict[str, Any] = {"server": server, "gateway": gateway, "monitoring": monitoring}
    roles["backup"] = parts.get("backup")
    return Declared(name=name, **roles, **besides, **common)


def _nothing_declared(host: str) -> Problem:
    return Problem(
        hosts=(host,),
        path="ollama",
        seen="nothing",
        accepted="ollama = Ollama(...)",
        remedy="write in the group data of the host's group: from pyinfra_ollama.settings import "
        'Model, Ollama; ollama = Ollama(models=[Model("llama3.2:1b")])',
    )


def _unknown(host: str, name: str, remedy: str) -> Problem:
    return Problem(
        hosts=(host,),
        path=name,
        seen="a variable of an unknown name",
        accepted=f"the variables {', '.join(VARIABLES)}",
        remedy=remedy,
    )


def _misnamed(data: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return names that were probably meant for this package: the variable meant, and a remedy."""
    found = {}
    for name, value in data.items():
        # pyinfra keeps names with an underscore for its own arguments, and classes are imports.
        if not name.startswith("_") and not isinstance(value, type):
            meant = None if name in VARIABLES else _meant(name, value, data)
            if meant is not None:
                found[name] = meant
    return found


@cache
def _near(name: str) -> list[str]:
    # Hosts share most names, and likening takes time.
    return difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.8)


def _meant(name: str, value: object, data: Mapping[str, object]) -> tuple[str, str] | None:
    if isinstance(value, Setting):
        for variable, model in VARIABLES.items():
            if isinstance(value, model) and variable not in data:
                return variable, f"rename it to {variable}"
    own = "; a variable of your own needs a name less alike"
    field = name.lower().removeprefix("ollama_")
    if field in ("model", "models") or (field != name.lower() and field in Ollama.model_fields):
        field = "models" if field == "model" else field
        return "ollama", f"write {field}=... in ollama = Ollama(...){own}"
    near = _near(name.lower())
    # Common words such as "services" may well be data of other deploys.
    if near and near[0] not in data and (near[0] == "ollama" or isinstance(value, Mapping)):
        return near[0], f"rename it to {near[0]}{own}"
    return None
