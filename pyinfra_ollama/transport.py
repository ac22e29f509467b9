"""HTTP to the API on a host's own loopback address, through the SSH connection pyinfra has.

`session(host, base_url)` gives a `requests.Session` whose connections start on the host. An SSH
server that forbids forwarding (AllowTcpForwarding no) is asked through bash instead; with
pyinfra's @local connector the connection is direct. Proxies of the environment are never used.

Failures to connect or to answer are `TransportError`, which is a `requests.ConnectionError`
with one readable line: host, address, reason.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

# Patches the standard library for gevent; what uses sockets comes after it.
from pyinfra_ollama.engine import ssh_transport

# isort: split
import requests
from pyinfra.api.host import Host
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from pyinfra_ollama.channels import NotOpenedError, Socket, open_direct, open_forward, open_pipe

__all__ = [
    "CONNECT_SECONDS",
    "BrokenError",
    "RefusedError",
    "TimedOutError",
    "TransportError",
    "session",
]

CONNECT_SECONDS = 10.0

Opener = Callable[[float | None], Socket]

# paramiko reports refused channels at ERROR itself; here they are answers.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class TransportError(requests.ConnectionError):
    """Nothing useful came from `address` on `host`."""

    def __init__(self, host: str, address: str, reason: str) -> None:
        super().__init__(f"{host}: no answer from {address} on the host: {reason}")
        self.host = host
        self.address = address
        self.reason = reason


class RefusedError(TransportError):
    """Nothing listens there."""


class TimedOutError(TransportError):
    """No connection, or no answer, in the time given."""


class BrokenError(TransportError):
    """The way there is at fault, so nothing is known about the server."""


_KINDS = {
    "refused": RefusedError,
    "timeout": TimedOutError,
    "forbidden": BrokenError,
    "broken": BrokenError,
}


def session(host: Host, base_url: str) -> requests.Session:
    """Return a session for `base_url` as the host sees it, e.g. ``http://127.0.0.1:11434``.

    Give every request a timeout, ``timeout=(CONNECT_SECONDS, read_seconds)``: requests has none.
    Streamed bodies (``stream=True``, ``iter_lines()``) come line by line; a read timeout inside
    one is a `requests.ConnectionError`. Each request takes a connection of its own.
    """
    parts = urlsplit(base_url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"{base_url!r} is no http:// address")
    port = parts.port or 80
    pool = _Pool(parts.hostname, port, maxsize=1, opener=_Opener(host, parts.hostname, port))
    adapter = _HostAdapter(host.name, parts.netloc, pool)
    made = requests.Session()
    made.trust_env = False
    made.headers["Connection"] = "close"
    made.mount("http://", adapter)
    return made


class _Opener:
    """Opens connections on one host, and remembers that forwarding is forbidden there."""

    def __init__(self, host: Host, address: str, port: int) -> None:
        self._host = host
        self._to = (address, port)
        self._forbidden = False

    def __call__(self, seconds: float | None) -> Socket:
        transport = ssh_transport(self._host)
        if transport is None:
            return open_direct(*self._to, seconds)
        if not self._forbidden:
            try:
                return open_forward(transport, *self._to, seconds)
            except NotOpenedError as error:
                if error.kind != "forbidden":
                    raise
                self._forbidden = True
        return open_pipe(transport, *self._to, seconds)


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, opener: Opener, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opener = opener

    def connect(self) -> None:
        seconds = self.timeout if isinstance(self.timeout, int | float) else CONNECT_SECONDS
        self.sock = self._opener(seconds)

    @property
    def is_connected(self) -> bool:
        # Channels have no cheap "is it still there"; so none is used twice.
        return False


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _HostAdapter(HTTPAdapter):
    def __init__(self, host: str, address: str, pool: HTTPConnectionPool) -> None:
        super().__init__()
        self._host = host
        self._address = address
        self._pool = pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        return self._pool

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            return super().send(*args, **kwargs)
        except NotOpenedError as error:
            raise _KINDS[error.kind](self._host, self._address, str(error)) from error
        except requests.Timeout as error:
            reason = f"nothing came within {_read_seconds(kwargs.get('timeout'))}"
            raise TimedOutError(self._host, self._address, reason) from error
        except requests.ConnectionError as error:
            reason = f"the connection ended before the answer ({_cause(error)})"
            raise TransportError(self._host, self._address, reason) from error

    def close(self) -> None:
        self._pool.close()
        super().close()


def _read_seconds(timeout: Any) -> str:
    seconds = timeout[1] if isinstance(timeout, tuple) else timeout
    return f"{seconds:g} s" if isinstance(seconds, int | float) else "the time given"


def _cause(error: BaseException) -> str:
    """The innermost reason: requests and urllib3 wrap it in their own long sentences."""
    while error.args and isinstance(error.args[-1], BaseException):
        error = error.args[-1]
    return str(error) or type(error).__name__
