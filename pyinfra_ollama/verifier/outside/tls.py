"""The certificate that a gateway shows: what it is checked against, and a look at it."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from pyinfra_ollama.channels import NotOpenedError
from pyinfra_ollama.settings import GatewaySettings, OwnCertificate, SelfSigned, Verify
from pyinfra_ollama.verifier.checks.base import failed, listed, skipped, unknown, warned
from pyinfra_ollama.verifier.checks.certificate import fingerprint, judged
from pyinfra_ollama.verifier.gateway.asking import Inside
from pyinfra_ollama.verifier.outside.door import DoorError
from pyinfra_ollama.verifier.outside.pool import CONNECT_SECONDS, Place, Trust
from pyinfra_ollama.verifier.outside.way import Way
from pyinfra_ollama.verifier.results import Result

__all__ = ["CHECK", "Shown", "authority", "judge", "look", "trust"]

CHECK = "outside-tls"
_MOST_NAMES = 8
# Red checks of the host that explain what is shown.
_EXPLAIN = ("certificate", "gateway-config", "gateway-ports")


@dataclass(frozen=True)
class Shown:
    """What was shown to clients: `refused`: why it is not to be trusted, by the name asked for."""

    certificate: x509.Certificate
    version: str
    names: tuple[str, ...]
    refused: dict[str, str]


def authority(settings: GatewaySettings, verify: Verify, seen: Inside) -> ssl.SSLContext:
    """What a client that follows the declaration trusts. Raises `DoorError` for files amiss."""
    tls = settings.gateway.tls
    try:
        if verify.authority is not None:
            return ssl.create_default_context(cafile=str(verify.authority.expanduser()))
        if isinstance(tls, OwnCertificate):
            context = ssl.create_default_context()
            # The file may end below an authority that this machine knows, or that nobody knows.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(cadata=tls.chain())
            return context
        if isinstance(tls, SelfSigned):
            return _own(tls, seen)
    except (OSError, ssl.SSLError, ValueError) as error:
        raise DoorError(f"the authority's certificate cannot be read: {error}") from None
    return ssl.create_default_context()


def _own(tls: SelfSigned, seen: Inside) -> ssl.SSLContext:
    if not seen.authority:
        raise DoorError("the host has no authority of its own: see certificate")
    context = ssl.create_default_context(cadata=seen.authority)
    # Clients of Python 3.13 and later insist on it.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def fetched(settings: GatewaySettings, host: str, seen: Inside) -> str:
    """What is wrong with the authority's certificate that clients get from here, if anything."""
    tls = settings.gateway.tls
    if not isinstance(tls, SelfSigned) or tls.fetch_to is None or not seen.authority:
        return ""
    path = Path(str(tls.fetch_to).replace("{host}", host)).expanduser()
    try:
        same = path.read_text(encoding="ascii").strip() == seen.authority.strip()
    except (OSError, ValueError):
        # Somebody else may have deployed, from another machine.
        return ""
    return "" if same else f"{path} holds another authority's certificate"


def look(way: Way, place: Place, names: Iterable[str], context: ssl.SSLContext) -> Shown:
    """Shake hands for each name. Raises `DoorError` when there is no TLS at all."""
    asked = tuple(names)[:_MOST_NAMES] or (place.name,)
    unchecked = _unchecked()
    shown, version = _handshake(way, place, asked[0], unchecked)
    refused = {}
    for name in asked:
        try:
            _handshake(way, place, name, context)
        except DoorError as error:
            refused[name] = str(error)
    return Shown(x509.load_der_x509_certificate(shown), version, asked, refused)


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _handshake(way: Way, place: Place, name: str, context: ssl.SSLContext) -> tuple[bytes, str]:
    try:
        with closing(way.open(place.address, place.port, CONNECT_SECONDS)) as plain:
            plain.settimeout(CONNECT_SECONDS)
            with context.wrap_socket(plain, server_hostname=name) as made:
                return made.getpeercert(binary_form=True) or b"", made.version() or "?"
    except ssl.SSLCertVerificationError as error:
        raise DoorError(error.verify_message) from None
    except (ssl.SSLError, NotOpenedError, OSError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        raise DoorError(f"no TLS: {reason}") from None


def trust(shown: Shown, place: Place, context: ssl.SSLContext, seen: Inside) -> Trust | None:
    """How to know the gateway again; None where a key could reach somebody else.

    What a client would trust, or else the certificate that the host itself said it has.
    """
    if place.name not in shown.refused:
        return Trust(context)
    if seen.certificates and fingerprint(seen.certificates[0]) == fingerprint(shown.certificate):
        return Trust(_unchecked(), pinned=fingerprint(shown.certificate))
    return None


def judge(
    shown: Shown, verify: Verify, place: Place, seen: Inside, fetching: str, red: Iterable[str]
) -> Result:
    """The chain leads to the declared authority, for every declared name, and lasts."""
    wrong = [f"refused for {name}: {why}" for name, why in shown.refused.items()]
    if len(set(shown.refused.values())) == 1 and len(shown.refused) == len(shown.names):
        wrong = [f"refused: {next(iter(shown.refused.values()))}"]
    if shown.version not in ("TLSv1.2", "TLSv1.3"):
        wrong.append(f"{shown.version} was spoken")
    if fetching:
        wrong.append(fetching)
    # Behind a declared public address something else may do TLS.
    if seen.certificates and verify.public_address is None:
        own = fingerprint(seen.certificates[0])
        if own != fingerprint(shown.certificate):
            wrong.append("another certificate than the host has on its disk")
    command = f"openssl s_client -connect {place} -servername {place.name} </dev/null   (from here)"
    result = judged(CHECK, wrong, shown.certificate, verify, command)
    also = [check for check in red if check in _EXPLAIN]
    if result.status == "fail" and also:
        found = f"{result.found} (red in {listed(also)})"
        return warned(CHECK, expected=result.expected, found=found)
    return result


def unasked(why: str, *, told: bool) -> Result:
    """For a gateway whose certificate was not looked at."""
    return skipped(CHECK, why) if told else unknown(CHECK, why)


def no_tls(place: Place, why: str, red: Iterable[str]) -> Result:
    """For a port that speaks no TLS."""
    expected, look = f"TLS at {place}", f"curl -vk https://{place}/   (from here)"
    also = listed((one for one in red if one in _EXPLAIN), "")
    if also:
        return warned(CHECK, expected=expected, found=f"{why} (red in {also})")
    return failed(CHECK, expected=expected, found=why, look=look)
