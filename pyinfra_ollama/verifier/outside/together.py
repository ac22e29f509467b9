"""Several questions at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from gevent.pool import Pool  # type: ignore[import-untyped]

__all__ = ["at_once"]

T = TypeVar("T")
R = TypeVar("R")


def at_once(work: Callable[[T], R], items: Sequence[T], *, count: int) -> list[R]:
    """Do `count` at a time, in order; nothing of it goes on after an error or a deadline."""

    def quietly(item: T) -> tuple[R | None, Exception | None]:
        # gevent would print the traceback of what ends a greenlet.
        try:
            return work(item), None
        except Exception as error:
            return None, error

    pool = Pool(count)
    found: list[R] = []
    try:
        for result, error in pool.imap(quietly, items):
            if error is not None:
                raise error
            found.append(result)
    finally:
        pool.kill(timeout=1)
    return found
