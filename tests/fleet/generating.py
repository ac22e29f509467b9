"""One host of this machine generates at a time, whatever test processes run beside each other.

Two servers that generate on two cores spin against each other: seconds per token, not
milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lab.paths import RUN_DIR, lock

_held = 0


@contextmanager
def generating() -> Iterator[None]:
    """Hold this machine's turn to generate; inside of itself it is free."""
    global _held
    if _held:
        yield
        return
    with lock(RUN_DIR / "generating.lock"):
        _held += 1
        try:
            yield
        finally:
            _held -= 1
