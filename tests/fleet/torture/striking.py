"""What befalls a run or its host, and how it is taken back afterwards."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack

from lab import api
from tests.fleet.harness import Fleet
from tests.fleet.torture import inside, moments
from tests.fleet.torture.moments import Moment
from tests.fleet.torture.staging import ROOM, SMALL

HICCUP_SECONDS = 5
# Where a deployment writes on a host whose root turns read-only.
ROOT = ("/etc", "/opt", "/usr", "/var")


def strike(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    """Do it; what must be undone before the next run is left in `later`."""
    _WAYS[moment.way](fleet, moment, host, run, later)


def _kill(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    run.kill()


def _cut(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    if moment.how == moments.SESSION:
        inside.end_sessions(fleet.lab, host)
        return
    inside.plug(fleet.lab, host, "down")
    if moment.how == moments.HICCUP:
        time.sleep(HICCUP_SECONDS)
        inside.plug(fleet.lab, host, "up")
    else:
        later.callback(inside.plug, fleet.lab, host, "up")


def _reboot(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    # Without a last word: killed processes would still close their connections.
    inside.plug(fleet.lab, host, "down")
    api.stop(fleet.lab.name, host)
    api.start(fleet.lab.name, host)


def _full(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    used = f"$(df -k --output=used {SMALL} | tail -n 1)"
    full = f"mount -o remount,size=$(({used} + {moment.room_kib}))k {SMALL}"
    # It is refused when more was written between the two.
    again = f"tries=0; until {full} 2>/dev/null; do tries=$((tries + 1)); [ $tries -lt 99 ]; done"
    inside.mount(fleet.lab, host, f"set -e; {again}")
    later.callback(inside.mount, fleet.lab, host, f"mount -o remount,size={ROOM} {SMALL}")


def _read_only(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    # Over itself, so that what is open for writing does not stand in the way.
    words = "mount --bind {0} {0} && mount -o remount,bind,ro {0}"
    inside.mount(fleet.lab, host, " && ".join(words.format(place) for place in ROOT))
    # What opened files there keeps them; nothing new is opened there any more.
    later.callback(inside.mount, fleet.lab, host, f"umount -l {' '.join(ROOT)}")


def _hang(
    fleet: Fleet, moment: Moment, host: str, run: subprocess.Popen[str], later: ExitStack
) -> None:
    inside.halt(fleet.lab, host)
    later.callback(inside.go_on, fleet.lab, host)


_WAYS: dict[str, Callable[..., None]] = {
    moments.KILL: _kill,
    moments.CUT: _cut,
    moments.REBOOT: _reboot,
    moments.FULL: _full,
    moments.READ_ONLY: _read_only,
    moments.HANG: _hang,
}
