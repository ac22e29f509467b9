"""Ctrl-C ends a run whatever the run was doing at that moment.

Python calls the handler of a signal in whichever greenlet is at work. pyinfra's handler (3.10) and
Python's own raise an exception there. In a greenlet that stands for a thread, as each of paramiko's
connections does, that ends the thread, and the run goes on as if nobody had pressed a key (gevent
26.9, tried 2026-11).
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import gevent  # type: ignore[import-untyped]

__all__ = ["install"]


class _InTheMainOne:
    """A handler that is called where what it raises reaches the main greenlet."""

    def __init__(self, handler: Callable[[int, FrameType | None], Any]) -> None:
        self.handler = handler

    def __call__(self, number: int, frame: FrameType | None) -> None:
        hub = gevent.get_hub()
        if gevent.getcurrent() in (hub, hub.parent):
            self.handler(number, frame)
        else:
            # From the hub it is handed to the main greenlet, which is the hub's parent.
            hub.loop.run_callback(self.handler, number, None)


def install() -> None:
    """Have the present handler of SIGINT called so; twice is once."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler) and not isinstance(handler, _InTheMainOne):
        signal.signal(signal.SIGINT, _InTheMainOne(handler))
