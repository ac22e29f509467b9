"""When the certificate that the gateway really shows ends.

Read from the TLS handshake, since the file is root's. Python tells the fields of a certificate
only when it was verified, so its validity is looked up in the DER that it hands out (RFC 5280:
the fourth part of the certificate's body, after version, serial, algorithm and issuer).
"""

from __future__ import annotations

import calendar
import socket
import ssl
import time

from .text import Family

SECONDS = 2.0
# A handshake costs more than all the rest, and certificates last for days.
KEEP_SECONDS = 300.0


class Certificate:
    """The end of the certificate at an address, looked at from time to time."""

    def __init__(self, place: tuple[str, int]) -> None:
        self._place = place
        self._asked: float | None = None
        self._ends: int | None = None

    def families(self) -> list[Family]:
        """Its end, if it can be had."""
        if self._asked is None or time.monotonic() - self._asked > KEEP_SECONDS:
            self._asked, self._ends = time.monotonic(), self._look()
        elif not self._accepts():
            self._ends = None
        up = Family("ollama_gateway_tls_up", "gauge", "Whether the gateway answers with TLS.")
        up.add(float(self._ends is not None))
        family = Family(
            "ollama_gateway_certificate_expires_timestamp_seconds", "gauge", "When it ends."
        )
        if self._ends is None:
            # Not kept: it may be there again at once.
            self._asked = None
        else:
            family.add(self._ends)
        return [up, family]

    def _accepts(self) -> bool:
        """Whether there is still something that takes connections, which costs next to nothing."""
        try:
            socket.create_connection(self._place, SECONDS).close()
        except OSError:
            return False
        return True

    def _look(self) -> int | None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            with (
                socket.create_connection(self._place, SECONDS) as plain,
                context.wrap_socket(plain) as link,
            ):
                return ends(link.getpeercert(binary_form=True) or b"")
        except (OSError, ValueError):
            return None


def ends(der: bytes) -> int:
    """The end of a certificate in seconds since 1970; ValueError for what is none."""
    body = _inside(_inside(der))
    parts: list[bytes] = []
    while body and len(parts) < 5:
        kind, content, body = _part(body)
        if kind != 0xA0:  # the version, which may be left out
            parts.append(content)
    if len(parts) < 4:
        raise ValueError("not a certificate")
    _, _, rest = _part(parts[3])
    kind, moment, _ = _part(rest)
    # UTCTime has two digits of the year (1950 to 2049), GeneralizedTime four.
    form = "%y%m%d%H%M%SZ" if kind == 0x17 else "%Y%m%d%H%M%SZ"
    return calendar.timegm(time.strptime(moment.decode("ascii"), form))


def _inside(der: bytes) -> bytes:
    kind, content, _ = _part(der)
    if kind != 0x30:
        raise ValueError("not a sequence")
    return content


def _part(der: bytes) -> tuple[int, bytes, bytes]:
    """Kind, content and what follows."""
    if len(der) < 2:
        raise ValueError("cut off")
    kind, length, start = der[0], der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if len(der) < start + length:
        raise ValueError("cut off")
    return kind, der[start : start + length], der[start + length :]
