"""From the data of hosts to validated settings."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from .base import Setting
from .machine import Packages, Preflight, Swap, Verify
from .ollama import Ollama
from .problems import Problem, SettingsError, problems_of
from .release import Release
from .service import Service

VARIABLES: dict[str, type[Setting]] = {
    "ollama": Ollama,
    "release": Release,
    "service": Service,
    "swap": Swap,
    "packages": Packages,
    "preflight": Preflight,
    "verify": Verify,
}
"""The variables of group data, each with the class that declares it."""

_OF_OLLAMA = re.compile(r"ollama_[a-z_]+|models?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    """The validated settings of one host; what was not declared has its defaults."""

    name: str
    ollama: Ollama
    release: Release
    service: Service
    swap: Swap | None
    packages: Packages
    preflight: Preflight
    verify: Verify


def load(hosts: Iterable[tuple[str, Mapping[str, object]]]) -> dict[str, HostSettings]:
    """Return the settings of each host by its name.

    + hosts: name and data of each host, as pyinfra resolved it; other data is left alone

    Raises :class:`SettingsError` with the problems of all hosts when there is any.
    """
    settings: dict[str, HostSettings] = {}
    problems: list[Problem] = []
    for name, data in hosts:
        found = _misnamed(name, data)
        parts: dict[str, Setting] = {}
        for variable, model in VARIABLES.items():
            value = data.get(variable)
            if value is None:
                if variable == "ollama" and not any(p.remedy.startswith("rename") for p in found):
                    found.append(_nothing_declared(name))
                continue
            try:
                parts[variable] = model.model_validate(value)
            except ValidationError as error:
                found += problems_of(error, host=name, variable=variable, model=model)
        problems += found
        if not found:
            settings[name] = _complete(name, parts)
    if problems:
        raise SettingsError(problems)
    return settings


def _complete(name: str, parts: dict[str, Setting]) -> HostSettings:
    given = {v: model() for v, model in VARIABLES.items() if v not in (*parts, "swap")}
    return HostSettings(name=name, **{"swap": None, **given, **parts})  # type: ignore[arg-type]


def _nothing_declared(host: str) -> Problem:
    return Problem(
        hosts=(host,),
        path="ollama",
        seen="nothing",
        accepted="ollama = Ollama(...)",
        remedy="write in the group data of the host's group: from pyinfra_ollama.settings import "
        'Model, Ollama; ollama = Ollama(models=[Model("llama3.2:1b")])',
    )


def _misnamed(host: str, data: Mapping[str, object]) -> list[Problem]:
    """Return the variables that were probably meant for this package."""
    problems = []
    for name, value in data.items():
        # Group data also holds what its file imports, the classes themselves among it.
        if name in VARIABLES or isinstance(value, type) or not isinstance(name, str):
            continue
        meant = _meant(name, value)
        if meant is not None:
            problems.append(
                Problem(
                    hosts=(host,),
                    path=name,
                    seen="a variable of an unknown name",
                    accepted=f"the variables {', '.join(VARIABLES)}",
                    remedy=meant,
                )
            )
    return problems


def _meant(name: str, value: object) -> str | None:
    for variable, model in VARIABLES.items():
        if isinstance(value, model):
            return f"rename it to {variable}"
    own = "; a variable of your own needs a name less alike"
    if _OF_OLLAMA.fullmatch(name):
        return f"move it into ollama = Ollama(...){own}"
    near = difflib.get_close_matches(name.lower(), VARIABLES, n=1, cutoff=0.8)
    # Common words such as "services" may well be data of other deploys.
    if near and (near[0] == "ollama" or isinstance(value, Mapping)):
        return f"rename it to {near[0]}{own}"
    return None
