"""Talk on stderr: one line when a step starts, a heartbeat while it lasts, one when it is done."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

HEARTBEAT_SECONDS = 15
_lock = threading.Lock()


def say(message: str) -> None:
    """One line on stderr; whole lines only, though several steps run at once."""
    with _lock:
        print(f"lab: {message}", file=sys.stderr, flush=True)


def elapsed(seconds: float) -> str:
    """`4.2 s`, or `3 min 07 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


@contextlib.contextmanager
def step(title: str, *, expect: str = "") -> Iterator[None]:
    """Announce a step, beat every 15 seconds while it runs, and say how long it took.

    `expect` is a hint in words, for steps that take minutes.
    """
    say(f"{title} ..." + (f" (usually {expect})" if expect else ""))
    started = time.monotonic()
    over = threading.Event()

    def beat() -> None:
        while not over.wait(HEARTBEAT_SECONDS):
            say(f"{title}: still at it, {elapsed(time.monotonic() - started)}")

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    except BaseException:
        say(f"{title}: failed after {elapsed(time.monotonic() - started)}")
        raise
    finally:
        over.set()
    say(f"{title}: done in {elapsed(time.monotonic() - started)}")
