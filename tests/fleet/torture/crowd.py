"""Many moments on the hosts of one lab, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tests.fleet.harness import HOSTS, Fleet
from tests.fleet.torture.enduring import endure
from tests.fleet.torture.moments import Moment
from tests.fleet.torture.results import Row


def suits(moment: Moment, host: str) -> bool:
    """Whether the host can take the moment.

    One host generates at a time, so only the first is given a chat model; only the last has a
    root on which swap works.
    """
    if moment.models == "chat":
        return host == HOSTS[0]
    return not moment.swap or host == HOSTS[-1]


def endure_all(fleet: Fleet, moments: Sequence[Moment], done: Callable[[Row], None]) -> None:
    """Go through all of them; each is given to `done` as it ends. Interrupting waits for those."""
    waiting = sorted((one for one in moments if not one.alone), key=_choice)
    lock, given_up = threading.Lock(), threading.Event()

    def work(host: str) -> None:
        while not given_up.is_set():
            with lock:
                mine = next((one for one in waiting if suits(one, host)), None)
                if mine is None:
                    return
                waiting.remove(mine)
            row = endure(fleet, mine, host)
            with lock:
                done(row)

    threads = [threading.Thread(target=work, args=(host,)) for host in HOSTS]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for moment in moments:
            if moment.alone:
                done(endure(fleet, moment, *HOSTS))
    finally:
        given_up.set()
        for thread in threads:
            thread.join()


def _choice(moment: Moment) -> int:
    """Those that few hosts can take go first, so that none is left with them at the end."""
    return sum(suits(moment, host) for host in HOSTS)
