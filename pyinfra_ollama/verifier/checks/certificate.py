"""The certificate of a gateway as it lies on its host: `certificate` and `renewal`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from pyinfra_ollama.settings import Acme, GatewaySettings, OwnCertificate, SelfSigned, Verify
from pyinfra_ollama.settings.gateway_checks import covers
from pyinfra_ollama.settings.pem import names, read
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, unknown, warned
from pyinfra_ollama.verifier.gateway.asking import Inside
from pyinfra_ollama.verifier.results import Result

__all__ = ["certificate", "days_left", "fingerprint", "judged", "renewal"]

PEM = "/etc/pyinfra-ollama/tls/gateway.pem"
_LOOK = f"openssl x509 -in {PEM} -noout -subject -issuer -dates -ext subjectAltName"
_DAY = datetime.timedelta(days=1)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate."""
    return certificate.fingerprint(SHA256()).hex()


def days_left(certificate: x509.Certificate, now: datetime.datetime) -> float:
    """Days until it ends, below zero when it has ended."""
    return (certificate.not_valid_after_utc - now) / _DAY


def judged(
    check: str, wrong: Sequence[str], chain: x509.Certificate, verify: Verify, look: str
) -> Result:
    """The result for a certificate: what is wrong with it, and the days it has left.

    Short-lived certificates cannot have as many: a tenth of their life is enough not to fail,
    a quarter not to be warned of.
    """
    now = datetime.datetime.now(datetime.UTC)
    left = days_left(chain, now)
    life = (chain.not_valid_after_utc - chain.not_valid_before_utc) / _DAY
    least = min(verify.min_certificate_days, life / 10)
    few = min(verify.warn_certificate_days, life / 4)
    expected = f"valid for its names, for at least {least:.3g} days, warned of below {few:.3g}"
    ends = f"{chain.not_valid_after_utc:%Y-%m-%d}"
    life_words = f"valid until {ends}, {left:.0f} days" if left > 0 else f"expired on {ends}"
    words = [*wrong, life_words]
    if chain.not_valid_before_utc > now:
        words.append(f"not valid before {chain.not_valid_before_utc:%Y-%m-%d %H:%M} UTC")
        left = -1
    found = f"for {listed(sorted(names(chain)))}; {'; '.join(words)}"
    if wrong or left < least:
        return failed(check, expected=expected, found=found, look=look, days_left=round(left, 1))
    if left < few:
        return warned(check, expected=expected, found=found, look=look)
    return passed(check, found, expected=expected, days_left=round(left, 1))


def certificate(settings: GatewaySettings, verify: Verify, seen: Inside) -> Result:
    """The certificate that nginx has is the declared one, for every declared name, and lasts."""
    if seen.certificates is None:
        return unknown("certificate", seen.why("certificate"), look=_LOOK)
    if not seen.certificates:
        found = f"there is none in {PEM}"
        return failed("certificate", expected="a certificate", found=found, look=f"ls -l {PEM}")
    wrong = tuple(_wrong(settings, seen, seen.certificates[0]))
    return judged("certificate", wrong, seen.certificates[0], verify, _LOOK)


def _wrong(settings: GatewaySettings, seen: Inside, own: x509.Certificate) -> Iterator[str]:
    gateway = settings.gateway
    missing = [name for name in gateway.server_names if not covers(names(own), name)]
    if missing:
        yield f"not for {listed(missing)}"
    if isinstance(gateway.tls, OwnCertificate):
        declared = read(gateway.tls.certificate)[0]
        if fingerprint(declared) != fingerprint(own):
            yield f"not the one in {gateway.tls.certificate}"
    if isinstance(gateway.tls, SelfSigned):
        if not seen.authority:
            yield "the host's authority is gone"
        elif not _issued(own, seen.authority):
            yield "not of the host's own authority"
    if isinstance(gateway.tls, Acme) and seen.authority and _issued(own, seen.authority):
        yield "the provisional one of the host, not the authority's"


def _issued(own: x509.Certificate, authority: str) -> bool:
    try:
        own.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.encode()))
    except Exception:  # whatever cryptography has against the two: one did not issue the other
        return False
    return True


def renewal(seen: Inside) -> Result:
    """certbot's timer runs and brings what it gets to nginx."""
    said = seen.renewal
    if said is None or "ActiveState" not in said:
        return unknown("renewal", seen.why("renewal"), look="systemctl status certbot.timer")
    expected = "certbot.timer active and enabled, its last run good, the hook there"
    state = f"certbot.timer is {said['ActiveState']}, {said.get('UnitFileState') or 'not enabled'}"
    wrong = []
    if said["ActiveState"] != "active" or said.get("UnitFileState") != "enabled":
        wrong.append(state)
    if said.get("Result", "success") != "success":
        wrong.append(f"its last run ended with {said['Result']}")
    if said.get("Hook") != "there":
        wrong.append("/etc/pyinfra-ollama/renewed.sh is missing")
    if wrong:
        look = "systemctl status certbot.timer certbot.service; certbot certificates"
        return failed("renewal", expected=expected, found="; ".join(wrong), look=look)
    return passed("renewal", state, expected=expected)
