"""Certificates and keys for the tests of the gateway's settings, made once per run."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pyinfra_ollama.settings import Secret

KEY = "canary-key-0123456789"
DAY = datetime.timedelta(days=1)


def key(name: str = "chat", text: str = KEY, **more: object) -> dict[str, object]:
    """A key as group data declares it."""
    return {"name": name, "secret": Secret.value(text), **more}


def certificate(
    folder: Path, *names: str, name: str = "own", ends: datetime.datetime | None = None
) -> dict[str, object]:
    """A certificate of one's own for these names, as group data declares it; in NAME.pem."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    until = ends or datetime.datetime.now(datetime.UTC) + 30 * DAY
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(until - 90 * DAY)
        .not_valid_after(until)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_name(each) for each in names])
        builder = builder.add_extension(alternatives, critical=False)
    encoding = serialization.Encoding.PEM
    folder.mkdir(exist_ok=True)
    chain, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(builder.sign(private, hashes.SHA256()).public_bytes(encoding))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.touch(mode=0o600)
    key_file.write_bytes(private.private_bytes(encoding, form, plain))
    return {"certificate": str(chain), "key": Secret.file(str(key_file))}


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
