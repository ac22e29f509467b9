"""Checks of the free `environment` map: real names only, and values that survive the way.

A value may hold any printable character, spaces, quotes, backslashes, '%' and '$' included;
whoever writes the unit escapes them. Line breaks, NUL and other control characters are
refused, and so are spaces or quotes at either end, which Ollama 0.33.0 strips
(``envconfig.Var``), so that a running process could never be found to hold what was declared.
"""

from __future__ import annotations

import difflib

from .base import refusal
from .variables import RUNNER_ABSENT_IN, RUNNER_PREFIX, RUNNER_REFUSED, VARIABLES
from .version import DEFAULT_VERSION, version_key

ACCEPTED_NAMES = (
    "variables of Ollama 0.33.0 that no field covers (docs/settings.md lists them) and LLAMA_ARG_*"
)
ACCEPTED_VALUES = "one line of printable text without spaces or quotes at its ends"
_LONGEST = 4096


def check_name(name: str) -> str:
    """Return the name of a variable that may stand in `environment`, or refuse it."""
    known = VARIABLES.get(name) or VARIABLES.get(name.upper())
    if name in RUNNER_REFUSED:
        raise refusal(accepted=ACCEPTED_NAMES, remedy=RUNNER_REFUSED[name], seen=name)
    if known is not None and known.field is not None:
        raise refusal(
            accepted=f"{known.name} is set by the field {known.field}",
            remedy=f"move the value to {known.field}=... of Ollama(...)",
            seen=name,
        )
    if known is not None and known.refused is not None:
        raise refusal(accepted=ACCEPTED_NAMES, remedy=known.refused, seen=name)
    if known is not None and known.name == name:
        return name
    tail = name.removeprefix(RUNNER_PREFIX)
    if (
        name.startswith(RUNNER_PREFIX)
        and name.isascii()
        and tail.replace("_", "").isalnum()
        and tail.isupper()
    ):
        return name
    real = [variable.name for variable in VARIABLES.values() if variable.refused is None]
    near = difflib.get_close_matches(name.upper(), real, n=1, cutoff=0.75)
    meant = f"did you mean {near[0]}? Otherwise " if near else ""
    raise refusal(
        accepted=ACCEPTED_NAMES,
        remedy=f"{meant}remove it: the server would ignore it",
        seen=repr(name[:100]),
    )


def check_value(value: str) -> str:
    """Return a value that reaches the process unchanged, or refuse it without showing it."""
    if not value:
        found = "an empty value, which means the same as no value"
    elif not value.isprintable():
        found = "a value with a line break or another control character"
    elif value.strip().strip("\"'") != value:
        found = "a value with spaces or quotes at its ends"
    elif len(value) > _LONGEST:
        found = f"a value of {len(value)} characters"
    else:
        return value
    raise refusal(
        accepted=f"{ACCEPTED_VALUES}, at most {_LONGEST} characters",
        remedy="correct the value, or remove the variable",
        seen=found,
    )


def check_versions(values: dict[str, str], *, version: str | None) -> dict[str, str]:
    """Return the variables if the declared version reads each; ``None`` is itself invalid."""
    for name in values if version is not None else ():
        known = VARIABLES.get(name)
        absent_in = known.absent_in if known is not None else RUNNER_ABSENT_IN
        if version and absent_in and version_key(version) <= version_key(absent_in):
            raise refusal(
                accepted=f"variables that Ollama {version} reads",
                remedy=f"remove it, or write version='{DEFAULT_VERSION}'",
                seen=name,
            )
    return values
