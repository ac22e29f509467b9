"""When and how a run is struck: everything follows from the seed.

A moment is counted in what the run says it does to its host (an operation or a command begins, a
command says a word) and then a pause, so a seed finds the same work on a fast machine and on a
slow one. What of that work the pause reaches is noted, for it may vary.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST, UPGRADE = "first deployment", "upgrade"
WHOLE = "first deployment of every role"
KILL, CUT, REBOOT = "kill", "cut", "reboot"
FULL, READ_ONLY, HANG = "disk full", "read-only", "hang"

# Of every hundred seeds the last ones take the ways that need more room or all hosts at once.
_EVERY = 100
_COMMON = [(scenario, way) for way in (KILL, CUT, REBOOT) for scenario in (FIRST, UPGRADE)]
_RARE = {**dict.fromkeys(range(85, 93), FULL), **dict.fromkeys(range(93, 98), READ_ONLY)}
_RARE |= dict.fromkeys(range(98, 101), HANG)
# From this seed on, one host is server and gateway, with all that can be declared besides.
FIRST_WHOLE = 101

# So many words a run says of its host, at the least: each declaration of `staging` was tried.
BEATS = {FIRST: 29, UPGRADE: 28, WHOLE: 98}
# Enough for the longest command; most are over sooner, and then the strike falls into a later one.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 2.0

# How a connection ends: both sides are told; neither is; neither is, and it comes back in time.
SESSION, CABLE, HICCUP = "session ended", "cable pulled", "cable pulled for a moment"
_CUTS = (SESSION, CABLE, SESSION, HICCUP)


@dataclass(frozen=True)
class Moment:
    """One way to be struck. `models`: "none", "embedding" or "chat"; `swap` needs a plain root."""

    seed: int
    scenario: str
    way: str
    how: str
    models: str
    swap: bool
    beat: int
    pause: float
    room_kib: int

    @property
    def alone(self) -> bool:
        """Whether it needs all hosts of the lab."""
        return self.way == HANG


def moment(seed: int) -> Moment:
    """The moment of a seed, 1 and up."""
    place = (seed - 1) % _EVERY + 1
    dice = random.Random(f"moment {seed}")
    scenario, way = _COMMON[place % len(_COMMON)]
    way = _RARE.get(place, way)
    if seed >= FIRST_WHOLE:
        scenario, way = WHOLE, (KILL, CUT, REBOOT)[seed % 3]
    models = dice.choices(("none", "embedding", "chat"), (2, 3, 1))[0]
    # Each scenario is cut in each of these ways in turn.
    turn = place // len(_COMMON) * 2 + (scenario == UPGRADE) + place // (2 * len(_COMMON))
    how = _CUTS[turn % len(_CUTS)] if way == CUT else ""
    swap = way in (KILL, CUT, REBOOT) and models != "chat" and dice.random() < 0.2
    # What it is held against was deployed to another host, where a swapfile has another name.
    swap = swap and scenario != WHOLE
    low, high = SHORTEST_PAUSE, LONGEST_PAUSE
    return Moment(
        seed=seed,
        scenario=scenario,
        way=way,
        how=how,
        models=models,
        swap=swap,
        beat=dice.randint(1, BEATS[scenario]),
        pause=round(low * (high / low) ** dice.random(), 3),
        room_kib=dice.choice((0, 16, 1024, 30 * 1024)),
    )
