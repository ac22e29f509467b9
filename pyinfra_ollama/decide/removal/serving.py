"""Services of Debian's packages, which ran with files of this package."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra_ollama.decide.removal import owned
from pyinfra_ollama.decide.removal.seen import Seen
from pyinfra_ollama.decide.removal.steps import Removal, keeps_ufw


def steps(seen: Seen) -> Iterator[Removal]:
    """One that was there before becomes what it was; one that was not, and stays, is stopped.

    It would otherwise go on with what nobody declared any more, for all the world to reach.
    """
    was = {name: (enabled, active) for name, enabled, active in _noted(seen)}
    for package in owned.SERVING:
        unit = f"{package}.service"
        if package not in stopped(seen):
            if package in seen.had and (unit in was or _touched(seen, package)):
                yield from _as_it_was(unit, *was.get(unit, ("enabled", "active")))
            continue
        yield Removal("disable", unit, text=f"stop and disable {unit}")
    for unit, state in was.items():
        package = unit.partition(".")[0]
        stays = package not in seen.packages and not (package == "ufw" and keeps_ufw(seen))
        if stays and package in seen.here and package not in owned.SERVING:
            # What it does lies in files of its own, which were put back.
            yield from (step for step in _as_it_was(unit, *state) if step.verb != "restart")


def stopped(seen: Seen) -> tuple[str, ...]:
    """Packages that stay although it is not known that they were there before."""
    return tuple(
        package
        for package in owned.SERVING
        if package in seen.here
        and package not in seen.had
        and package not in seen.packages
        and _touched(seen, package)
    )


def _touched(seen: Seen, package: str) -> bool:
    """Whether it runs with files of this package, or did before one was cut off."""
    files = owned.SERVING[package]
    noted = any(name == f"{package}.service" for name, *_ in _noted(seen))
    return noted or any(seen.is_ours(path) or path in seen.before for path in files)


def _as_it_was(unit: str, enabled: str, active: str) -> Iterator[Removal]:
    if active not in ("active", "activating", "reloading"):
        yield Removal("disable" if enabled != "enabled" else "stop", unit, text=f"stop {unit}")
        return
    if enabled != "enabled":
        yield Removal("unable", unit, text=f"disable {unit}, as it was before")
    yield Removal("restart", unit, text=f"restart {unit} with what it had")


def _noted(seen: Seen) -> Iterator[tuple[str, str, str]]:
    for words in seen.noted("unit"):
        name, enabled, active, *_ = (*words.split(" "), "", "")
        yield name, enabled, active
