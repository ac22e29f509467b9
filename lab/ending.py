"""A program that makes hosts, works on them and takes them down however it ends."""

from __future__ import annotations

import signal
from collections.abc import Callable

GOOD, FAILED, INTERRUPTED = 0, 1, 130


def guarded(
    work: Callable[[], object],
    take_down: Callable[[], object],
    say: Callable[[str], None],
    *failures: type[Exception],
) -> int:
    """Do the work, then take the hosts down; returns the exit code.

    `failures`, and a SIGINT or SIGTERM, become a line and a code; any other exception goes on.
    The hosts must not outlive an impatient second Ctrl-C: from the end of the work on, neither
    signal is heard.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = GOOD
    try:
        work()
    except failures as error:
        say(f"failed: {error}")
        code = FAILED
    except KeyboardInterrupt:
        say("interrupted")
        code = INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        take_down()
    return code
