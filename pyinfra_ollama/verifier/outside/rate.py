"""Whether the declared rate is kept: a bounded burst of one caller is told to wait."""

from __future__ import annotations

import time
from collections.abc import Iterable

from pyinfra_ollama.settings import Gateway, Verify
from pyinfra_ollama.verifier.checks.base import listed, skipped, unknown
from pyinfra_ollama.verifier.outside.asked import conclude
from pyinfra_ollama.verifier.outside.callers import Caller
from pyinfra_ollama.verifier.outside.door import Door, DoorError, Said
from pyinfra_ollama.verifier.outside.together import at_once
from pyinfra_ollama.verifier.results import Result

__all__ = ["CHECK", "rate"]

CHECK = "outside-rate"
_AT_ONCE = 16
_LOOK = "grep limit /var/log/pyinfra-ollama/gateway-error.log | tail"


def rate(
    door: Door, gateway: Gateway, everyone: Iterable[Caller], verify: Verify, red: Iterable[str]
) -> Result:
    """Ask as the caller with the smallest burst until told to wait, at most `rate_requests` times.

    What others ask with the same key in the next seconds may be told to wait as well.
    """
    caller = min(everyone, key=lambda one: sum(one.pace), default=None)
    if caller is None:
        return skipped(CHECK, "no caller is known to ask as")
    limits = gateway.limits
    per_second, burst = min(
        caller.pace, (limits.rate_per_address, limits.burst_per_address), key=sum
    )
    most = verify.rate_requests
    # While they are sent, others are let in at the declared rate.
    if burst + per_second >= most:
        found = f"{burst} at once and {per_second} a second are more than rate_requests={most} show"
        return skipped(CHECK, found if most else "rate_requests=0")
    start, answers = time.monotonic(), list[Said]()
    wrong: list[str] = []

    def ask(_: int) -> Said:
        return door.ask("GET", "/api/version", caller, patient=False)

    try:
        while len(answers) < most and not any(one.status == 429 for one in answers):
            answers += at_once(ask, range(min(_AT_ONCE, most - len(answers))), count=_AT_ONCE)
    except DoorError as error:
        wrong.append(str(error))
    late = [one for one in answers if one.status == 429]
    others = sorted({one.status for one in answers} - {200, 429})
    if not late and not wrong:
        if len(answers) <= burst + 1 + per_second * (time.monotonic() - start):
            found = f"{len(answers)} requests came too slowly to be above it"
            return unknown(CHECK, found, look=_LOOK)
        wrong.append(f"{len(answers)} requests of {caller.name} at once, and none was told to wait")
    if others:
        wrong.append(f"also answered: {listed(map(str, others))}")
    for one in late[:1]:
        if not one.headers.get("retry-after", "").isdigit():
            wrong.append("429 without Retry-After")
        if not one.is_json:
            wrong.append("429 that is no JSON")
    good = f"{caller.name} was told to wait after {len(answers) - len(late)} of {len(answers)}"
    return conclude(
        CHECK,
        wrong,
        good=good,
        expected=f"429 with Retry-After above {burst} at once and {per_second} a second",
        look=_LOOK,
        red=red,
        requests=len(answers),
    )
