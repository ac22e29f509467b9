"""One moment from start to end: stage, strike, run again, verify, run once more."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path

from lab import api
from lab.errors import LabError
from tests.fleet.harness import OLDER, VERSION, Fleet, Ran, wait_until
from tests.fleet.torture import inside, moments
from tests.fleet.torture.litter import litter
from tests.fleet.torture.moments import Moment
from tests.fleet.torture.results import Row
from tests.fleet.torture.staging import staged
from tests.fleet.torture.striking import strike
from tests.fleet.torture.watching import Struck, run_and_strike

# A run whose connection was lost without a word is believed in for a minute by the host's lock.
REFUSED = "another run is changing this host"
BELIEVED_SECONDS = 100


def endure(fleet: Fleet, moment: Moment, *hosts: str) -> Row:
    """Strike the first of the hosts; never raises, what went wrong is in the row."""
    row = Row.of(moment)
    started = time.monotonic()
    try:
        _endure(fleet, moment, hosts, row)
    except Exception as error:
        row.fault = f"{type(error).__name__}: {error}"
        _have_running(fleet, hosts)
    row.seconds = round(time.monotonic() - started)
    return row


def _endure(fleet: Fleet, moment: Moment, hosts: tuple[str, ...], row: Row) -> None:
    host = hosts[0]
    inventory = staged(fleet, moment, hosts)
    with fleet.turn(inventory), ExitStack() as later:
        struck = run_and_strike(
            inventory,
            host,
            beat=moment.beat,
            pause=moment.pause,
            look=lambda: inside.at_work(fleet.lab, host),
            strike=lambda run: strike(fleet, moment, host, run, later),
        )
    row.note(struck)
    _ended_well(moment, struck, hosts)
    if moment.scenario == moments.UPGRADE:
        wait_until("a release answers", lambda: _answers(fleet, host, row), 60)
    row.second, second = _converge(fleet, inventory)
    assert set(second.changed()) <= {host}, f"others were not done: {second.changed()}"
    verified = fleet.verify(inventory)
    assert verified.code == 0, f"the verifier is not content:\n{verified.text}"
    row.verify = "green"
    row.third = _nothing_left_to_do(fleet, inventory, hosts)
    for one in hosts:
        left = litter(fleet, moment, one)
        assert not left, f"left on {one}: {left}"


def _ended_well(moment: Moment, struck: Struck, hosts: tuple[str, ...]) -> None:
    """A struck run that lived on said what failed, on the struck host only, and no traceback."""
    if moment.way == moments.KILL:
        return
    assert "Traceback" not in struck.text, struck.text[-4000:]
    may_end = (0,) if moment.how == moments.HICCUP else (0, 1)
    assert struck.code in may_end, f"ended with {struck.code}:\n{struck.text[-4000:]}"
    if moment.way == moments.HANG and not struck.late:
        assert struck.code == 1, struck.text[-4000:]


def _answers(fleet: Fleet, host: str, row: Row) -> bool:
    """What served before, or what is to serve, serves also after the strike."""
    asked = fleet.ssh(host, "curl --fail -sS -m 5 http://127.0.0.1:11434/api/version")
    for version in (OLDER, VERSION):
        if asked.returncode == 0 and f'"{version}"' in asked.stdout:
            row.between = version
            return True
    return False


def _converge(fleet: Fleet, inventory: Path) -> tuple[str, Ran]:
    """One more run, as soon as the host lets one in; in words, and what it said."""
    deadline = time.monotonic() + BELIEVED_SECONDS
    words = ""
    while True:
        ran = fleet.apply(inventory, check=False)
        if ran.code == 0 or REFUSED not in ran.text or time.monotonic() > deadline:
            break
        words = "refused by the lock first, then "
        time.sleep(2)
    assert ran.code == 0, f"the next run ended with {ran.code}:\n{ran.text}"
    assert "Traceback" not in ran.text, ran.text
    return words + _counted(ran), ran


def _counted(ran: Ran) -> str:
    changes = sum(len(names) for names in ran.changed().values())
    return "1 change" if changes == 1 else f"{changes} changes"


def _nothing_left_to_do(fleet: Fleet, inventory: Path, hosts: tuple[str, ...]) -> str:
    before = [fleet.pid(host) for host in hosts]
    third = fleet.apply(inventory)
    assert third.changed() == {}, f"the third run changed {third.changed()}"
    assert [fleet.pid(host) for host in hosts] == before, "the third run restarted the server"
    assert "0" not in before
    return "0 changes, same process"


def _have_running(fleet: Fleet, hosts: tuple[str, ...]) -> None:
    """After a fault nothing of it may stay with the next moment; its staging does the rest."""
    for host in hosts:
        with suppress(LabError):
            api.start(fleet.lab.name, host)
