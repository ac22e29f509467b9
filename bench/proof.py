"""Shows that the contestants keep the same state: none sees a change, each sees damage.

Without this a fast contestant could be one that does not look.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from bench.commands import BenchError
from bench.contestants import Contestant
from bench.declared import VERSION, Declared
from bench.stage import on_hosts, say, states
from pyinfra_ollama import layout

DAMAGES = {
    "a removed drop-in": f"rm {layout.DROP_IN}",
    "an edited unit": f"echo '# edited' >>{layout.UNIT_FILE}",
    "an opened home": f"chmod 755 {layout.HOME}",
    "a removed release": f"rm -r {layout.RELEASES}/{VERSION}",
    "a removed model": "curl -fsS -X DELETE http://127.0.0.1:11434/api/delete -d"
    """ '{"model": "MODEL"}'""",
    "a removed package": "dpkg --remove --force-depends lsof",
    "a stopped service": "systemctl stop ollama",
}


def settle(contestant: Contestant, count: int, *, attempts: int = 3, bare: bool = False) -> None:
    """Run a contestant until it changes nothing; BenchError when it always does."""
    for _ in range(attempts):
        _, outcome = contestant.run(count, bare=bare)
        if outcome.changes == 0:
            return
    raise BenchError(f"{contestant.label} still makes {outcome.changes} changes in a further run")


def no_changes(contestants: Sequence[Contestant], count: int) -> str:
    """Every contestant reports no change on a converged host, and changes none."""
    for contestant in contestants:
        _, outcome = contestant.run(count)
        if outcome.changes:
            raise BenchError(f"{contestant.label} sees {outcome.changes} changes where none is due")
    labels = ", ".join(contestant.label for contestant in contestants)
    return f"no change on a converged host: {labels}, and in every measured run of each"


def damages_seen(
    contestants: Sequence[Contestant], declared: Declared, damages: dict[str, str] = DAMAGES
) -> list[str]:
    """Each contestant sees each damage on the first host and repairs it to the same state."""
    good = states(declared, 1)[0]
    for contestant in contestants:
        for title, script in damages.items():
            say(f"proof: {contestant.label} and {title}")
            on_hosts(declared, 1, script.replace("MODEL", declared.model))
            _, outcome = contestant.run(1)
            if not outcome.changes:
                raise BenchError(f"{contestant.label} does not see {title}")
            same_state(f"after {contestant.label} repaired {title}", good, states(declared, 1)[0])
    return [f"each of them sees and repairs, to the same state: {', '.join(damages)}"]


def same_state(
    when: str, wanted: str, found: str, *, error: Callable[[str], Exception] = BenchError
) -> None:
    """Raise when two states of a host differ, with the difference."""
    if wanted != found:
        difference = difflib.unified_diff(
            wanted.splitlines(), found.splitlines(), "wanted", "found", lineterm="", n=0
        )
        raise error("\n".join([f"the state differs {when}:", *difference]))
