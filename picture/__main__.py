"""`python -m picture`: hosts, load, answers; the lab is removed however it ends.

Writes what Prometheus answered; `python -m picture.drawing` makes the picture of it, with the
libraries of the benchmark's environment. Exit code 0 when all went well, else 1 (130 after Ctrl-C).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

from lab import api
from lab.ending import guarded
from lab.errors import LabError
from picture.asking import RefusedError, take
from picture.board import ROOT
from picture.load import run
from picture.stage import SCRAPE_SECONDS, SERVER, Stage, StageError

# Long enough for an alert of a minute to fire, be seen and be over.
DOWN_SECONDS = 110
STEPS = 180


def say(text: str) -> None:
    """One line on standard error."""
    print(f"picture: {text}", file=sys.stderr, flush=True)


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of a command line; ends the program on a wrong one."""
    parser = argparse.ArgumentParser(prog="python -m picture", description=__doc__)
    parser.add_argument("--minutes", type=int, default=15, help="of load (default 15)")
    parser.add_argument("--json", type=Path, default=ROOT / "build/dashboard.json")
    parser.add_argument("--lab", default="picture", metavar="NAME", help="default: picture")
    parser.add_argument("--keep", action="store_true", help="leave the hosts up")
    return parser.parse_args(arguments)


def show(given: argparse.Namespace, folder: Path) -> None:
    """Deploy, have clients ask, take the server away once, and note what Prometheus says."""
    say("two hosts, the deployment")
    # With roots of their own, since the node exporter leaves overlays out.
    stage = Stage(api.up(2, name=given.lab, plain_root=2), folder)
    stage.deploy()
    say("a minute in which what was there before goes out of Prometheus' sight")
    time.sleep(60)
    start = int(time.time())
    end = start + given.minutes * 60
    over = threading.Event()
    clients = threading.Thread(target=run, args=(stage.client(), over.is_set), daemon=True)
    say(f"{given.minutes} minutes of load; half-way the server is stopped for {DOWN_SECONDS} s")
    clients.start()
    over.wait(given.minutes * 30)
    stage.on(SERVER, "systemctl stop ollama")
    over.wait(DOWN_SECONDS)
    stage.on(SERVER, "systemctl start ollama")
    over.wait(max(0, end - time.time()))
    step = max(SCRAPE_SECONDS, given.minutes * 60 // STEPS)
    taken = take(stage.ask, start=start, end=end, step=step, scrape=SCRAPE_SECONDS)
    over.set()
    clients.join(120)
    taken.save(given.json)
    say(f"wrote {given.json}")


def main() -> int:
    """Take the answers; the hosts are taken down however it ends."""
    given = options()

    def take_down() -> None:
        if not given.keep:
            api.down(given.lab)

    failures = (StageError, RefusedError, LabError, OSError, ValueError)
    with tempfile.TemporaryDirectory(prefix="picture-") as folder:
        return guarded(lambda: show(given, Path(folder)), take_down, say, *failures)


if __name__ == "__main__":
    sys.exit(main())
