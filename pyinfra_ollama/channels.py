"""Sockets through an SSH connection: what `http.client` needs of a socket, over a channel.

Relies on OpenSSH (9.2 tried): a forbidden forward is refused with channel code 1
("administratively prohibited"), a closed port with code 2 ("connect failed").
"""

from __future__ import annotations

import io
import shlex
import socket
from collections.abc import Callable

from paramiko import Channel, ChannelException, SSHException, Transport

__all__ = ["ChannelSocket", "NotOpenedError", "Socket", "open_direct", "open_forward", "open_pipe"]

_PROHIBITED = 1
_CONNECT_FAILED = 2
_OPENED = b"opened\n"
_NO_BASH = 127
_NOT_CONNECTED = 97

# bash's own TCP client, for servers that forbid forwarding: both directions are copied until
# either end closes, then the other copy is ended, so that nothing is left on the host.
_PIPE = """\
exec 4<&0
exec 3<>"/dev/tcp/$0/$1" || exit 97
printf 'opened\\n'
cat <&4 >&3 & out=$!
cat <&3 & back=$!
wait -n
kill "$out" "$back"
"""


class NotOpenedError(Exception):
    """No connection to the address; `kind` is "refused", "timeout", "forbidden" or "broken"."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class ChannelSocket:
    """A paramiko channel as a socket; closed once it and the files made of it are closed."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._readers = 0
        self._closed = False

    def settimeout(self, value: float | None, /) -> None:
        self.channel.settimeout(value)

    def sendall(self, data: bytes, /) -> None:
        self.channel.sendall(data)

    def makefile(self, mode: str = "rb", buffering: int = -1) -> io.BufferedReader:
        self._readers += 1
        return io.BufferedReader(_Reader(self.channel, self._reader_closed))

    def close(self) -> None:
        # http.client closes the socket as soon as it has the reader of a closing response.
        self._closed = True
        if not self._readers:
            self.channel.close()

    def _reader_closed(self) -> None:
        self._readers -= 1
        if self._closed:
            self.close()


Socket = socket.socket | ChannelSocket
"""What `http.client` and urllib3 may use of either: timeouts, `sendall`, `makefile`, `close`."""


class _Reader(io.RawIOBase):
    def __init__(self, channel: Channel, on_close: Callable[[], None]) -> None:
        super().__init__()
        self._channel = channel
        self._on_close = on_close

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._channel.recv(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._on_close()


def open_direct(host: str, port: int, seconds: float | None) -> Socket:
    """Connect from here; for pyinfra's @local connector. Raises `NotOpenedError`."""
    try:
        return socket.create_connection((host, port), seconds)
    except TimeoutError as error:
        raise NotOpenedError("timeout", f"no connection within {seconds:g} s") from error
    except ConnectionRefusedError as error:
        raise NotOpenedError("refused", "connection refused") from error
    except OSError as error:
        raise NotOpenedError("broken", str(error)) from error


def open_forward(transport: Transport, host: str, port: int, seconds: float | None) -> Socket:
    """Have the SSH server connect (`direct-tcpip`). Raises `NotOpenedError`."""
    try:
        channel = transport.open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=seconds
        )
    except ChannelException as error:
        if error.code == _PROHIBITED:
            raise NotOpenedError("forbidden", "the SSH server forbids forwarding") from error
        if error.code == _CONNECT_FAILED:
            raise NotOpenedError("refused", "connection refused") from error
        raise NotOpenedError("broken", f"the SSH server opens no channel: {error.text}") from error
    except (SSHException, OSError, EOFError) as error:
        raise _broken(error, seconds) from error
    return ChannelSocket(channel)


def open_pipe(transport: Transport, host: str, port: int, seconds: float | None) -> Socket:
    """Connect with bash on the host, its input and output being ours. Raises `NotOpenedError`."""
    command = shlex.join(["bash", "-c", _PIPE, host, str(port)])
    try:
        channel = transport.open_session(timeout=seconds)
        channel.settimeout(seconds)
        # Errors of bash must not fill a window that nobody reads.
        channel.exec_command(f"exec {command} 2>/dev/null")
        greeting = b""
        while not greeting.endswith(b"\n") and (byte := channel.recv(1)):
            greeting += byte
        if greeting == _OPENED:
            return ChannelSocket(channel)
        status = channel.recv_exit_status()
        channel.close()
    except (SSHException, OSError, EOFError) as error:
        raise _broken(error, seconds) from error
    if status == _NOT_CONNECTED:
        raise NotOpenedError("refused", "connection refused")
    missing = (
        "and bash is not there to do without" if status == _NO_BASH else f"bash ended {status}"
    )
    raise NotOpenedError("forbidden", f"the SSH server forbids forwarding, {missing}")


def _broken(error: Exception, seconds: float | None) -> NotOpenedError:
    if isinstance(error, TimeoutError) or "timeout" in str(error).lower():
        return NotOpenedError("timeout", f"no connection within {seconds or 0:g} s")
    return NotOpenedError(
        "broken", f"the SSH connection is gone: {str(error) or type(error).__name__}"
    )
