"""How often a host was given something to do, so that what was read before is known to be stale.

Counted are the four ways in which pyinfra 3.10 reaches a host: commands, uploads, rsync, and
Python functions, which may do anything. A question is a command too: who asked it, and whether
it only asked, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from pyinfra.api.command import FunctionCommand
from pyinfra.api.host import Host
from pyinfra.context import ctx_host

__all__ = ["install", "touches"]

_counts: WeakKeyDictionary[Host, int] = WeakKeyDictionary()
_installed = False


def touches(host: Host) -> int | None:
    """A number that grows with everything that may change the host; None if nobody counts.

    None as well inside a Python function of somebody else's, which may reach the host by ways
    of its own between two operations that it calls.
    """
    if not _installed or host.nested_executing_op_hash is not None:
        return None
    return _counts.get(host, 0)


def install() -> None:
    """Count from now on; twice is once."""
    global _installed
    if _installed:
        return
    _installed = True
    for owner, name, position in (
        (Host, "run_shell_command", 0),
        (Host, "put_file", 0),
        (Host, "rsync", 0),
        (FunctionCommand, "execute", 2),
    ):
        setattr(owner, name, _counting(getattr(owner, name), position))


def _counting(method: Callable[..., Any], position: int) -> Callable[..., Any]:
    """The method, counted for the host that is its argument at this position."""

    @wraps(method)
    def counting(*args: Any, **kwargs: Any) -> Any:
        host = args[position]
        if not isinstance(host, Host):
            # Stands for whichever host is the current one.
            host = ctx_host.get()  # type: ignore[no-untyped-call]
        _counts[host] = _counts.get(host, 0) + 1
        try:
            return method(*args, **kwargs)
        finally:
            # What was read meanwhile may be stale at the end.
            _counts[host] += 1

    return counting
