"""For all unit tests: let pyinfra patch the standard library before anything imported sockets."""

from __future__ import annotations

# gevent warns, rightly, when `ssl` was imported first; its patch then covers only a part.
import pyinfra_cli  # noqa: F401
