"""Which backends the gateway handed requests to, by its own access log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pyinfra_ollama.settings import GatewaySettings
from pyinfra_ollama.verifier.checks.base import listed, unknown
from pyinfra_ollama.verifier.gateway.asking import place
from pyinfra_ollama.verifier.outside.asked import conclude
from pyinfra_ollama.verifier.outside.callers import Caller
from pyinfra_ollama.verifier.outside.door import Door, DoorError
from pyinfra_ollama.verifier.results import Result

__all__ = ["CHECK", "Lines", "reached", "took"]

CHECK = "outside-backends"
_MOST_REQUESTS = 60
_ROUNDS = 3
_LOOK = "tail /var/log/pyinfra-ollama/gateway.log"

Lines = Sequence[Mapping[str, Any]]


def took(lines: Lines) -> Counter[str]:
    """How many requests each backend got; nginx separates those that it tried with commas.

    Where none was left to try, it writes the name of the upstream, which has no port.
    """
    return Counter(
        tried
        for line in lines
        for tried in str(line.get("backend", "")).replace(" : ", ", ").split(", ")
        if ":" in tried
    )


def reached(
    door: Door,
    settings: GatewaySettings,
    everyone: Sequence[Caller],
    logged: Callable[[list[str]], Lines | None],
    red: Iterable[str],
    *,
    public: bool,
) -> Result:
    """Every backend got a request of these checks, and one that is being drained got none.

    + logged: the lines of the access log for these ids
    + public: whether they were sent to a declared address, which may be that of several gateways
    """
    names = {place(one): one.name for one in settings.backends}
    draining = {place(one) for one in settings.backends if one.drain}
    wanted = set(names) - draining
    needed = sum(one.weight for one in settings.backends if not one.drain)
    lines = logged(door.ids)
    if lines is None:
        return unknown(CHECK, "the access log could not be read", look=_LOOK)
    if not lines and public:
        found = "none of the requests is in this host's log: another one answers at its address"
        return unknown(CHECK, found, look=_LOOK)
    counts = took(lines)
    for _ in range(_ROUNDS):
        if wanted <= set(counts) or needed > _MOST_REQUESTS or not everyone:
            break
        try:
            said = [
                door.ask("GET", "/api/version", everyone[number % len(everyone)])
                for number in range(needed)
            ]
        except DoorError as error:
            return conclude(CHECK, [str(error)], good="", expected="", look=_LOOK, red=red)
        counts += took(logged([one.id for one in said]) or [])
    missing = wanted - set(counts)
    wrong = [f"{names[one]} is being drained and got a request" for one in draining & set(counts)]
    wrong += [f"requests went to {one}, no backend" for one in sorted(set(counts) - set(names))]
    words = [f"{names[one]} {counts[one]}" for one in sorted(wanted & set(counts))]
    good = f"requests each got: {listed(words)}"
    if missing:
        silent = listed(sorted(names[one] for one in missing))
        if settings.gateway.balance == "sticky" or needed > _MOST_REQUESTS:
            good += f"; by its stickiness or weight none went to {silent}"
        else:
            wrong.append(f"no request went to {silent}")
    return conclude(
        CHECK,
        wrong,
        good=good,
        expected=f"requests go to {listed(names[one] for one in sorted(wanted))}, and nowhere else",
        look=_LOOK,
        red=red,
    )
